"""The experiment of "Towards a theory of model distillation" at the paper's scale: ``make paper``.

`plan` says which networks there are, `training` makes them, `measuring` fills the rows of one,
`published` is the paper's own procedure, `page` writes docs/paper.md from all rows that are kept.
"""
