"""Users' files and objects, in and out; nothing rounds on the way, or it is refused by name.

* The way in is `load` (`load_trees`), by the kind of what is given; `opaque` for models that are
  only called.
* Networks: `onnx*`, `torch*`, `sklearn_networks` and `sklearn_pipelines`. All turn operators into
  layers by `operators` (`shapes`, `windows`, `decisions`, `smooth`, `quantised`), which grow a
  `graph`; `merging` joins layers at the end, `heads` says what a class is.
* Trees: `sklearn`, `tree_*` (ONNX), `code_*` (source code, which is read and never run). The way
  out is `export*`, and `drawing`.
* Ensembles: `ensembles*`, a file for each library; `booster*` call the libraries.
* Domains: `domains`, `variables`, `ranges`, `intervals`, `conditions`, `json_files`; from tables
  `frames`, with `frame_*`.
* What was read is compared with what it came from: `runtime` and `*_check`, `*_runtime`.
"""
