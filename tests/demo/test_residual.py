"""Residual networks in the maximal update parametrisation: what is trained, and how it goes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from verifier.demo.problems import random_tree
from verifier.demo.residual import Recipe, Residual, train, train_on_tree
from verifier.formats.torch import from_torch
from verifier.model.domain import signs
from verifier.model.errors import LeafproofError
from verifier.model.network import exact_classes
from verifier.model.tree import Inner, Leaf, bind, classify

SMALL = Recipe(width=20, layers=4, epochs=4)


def samples(count=400):
    rng = np.random.default_rng(0)
    x = (2 * rng.integers(0, 2, (count, 6)) - 1).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.int64)


def weights(network):
    return [p.detach().numpy().copy() for p in network.parameters()]


def by_parameters(recipe, inputs, labels, network):
    """One step of SGD as the parametrisation is defined: W = width^-a w, all w with one rate."""
    width, last = recipe.width, recipe.layers - 1
    powers = {"first": (0.5, 0.5), "last": (-0.5, 0.0)}
    held = {}
    for name, value in network.named_parameters():
        power = powers.get(name.split(".")[0], (0.0, 0.5))[name.endswith("bias")]
        held[name] = (value.detach().double() / width**power).requires_grad_(), width**power

    def value(name):
        w, factor = held[name]
        return w * factor

    x = torch.from_numpy(inputs).double()
    h = torch.relu(x @ value("first.weight").T + value("first.bias"))
    for i in range(last - 1):
        h = h + torch.relu(h @ value(f"middle.{i}.weight").T + value(f"middle.{i}.bias"))
    logits = (h @ value("last.weight").T + value("last.bias"))[:, 0]
    y = torch.from_numpy(labels).double()
    torch.nn.functional.binary_cross_entropy_with_logits(logits, y).backward()
    return [((w - recipe.rate * w.grad) * factor).detach().numpy() for w, factor in held.values()]


def test_a_step_is_that_of_the_parametrisation(monkeypatch):
    recipe = replace(SMALL, epochs=1, batch=400, std=1.0)
    made = []
    build = Residual.__init__

    def remember(self, columns, r):
        build(self, columns, r)
        made.append(self)

    monkeypatch.setattr(Residual, "__init__", remember)
    train(*samples(), replace(recipe, epochs=0))
    expected = by_parameters(recipe, *samples(), made[0])
    for after, wanted in zip(weights(train(*samples(), recipe)), expected, strict=True):
        assert np.allclose(after, wanted, rtol=1e-3, atol=1e-5)


def test_initial_weights_have_the_deviations_of_the_parametrisation():
    start = train(*samples(), Recipe(width=400, epochs=0))
    first, last = start.first.weight.std().item(), start.last.weight.std().item()
    middle = start.middle[0].weight.std().item()
    for found, wanted in ((first, 1e-3 / 6**0.5), (middle, 1e-3 / 20), (last, 1e-3 / 400)):
        assert abs(found / wanted - 1) < 0.15


def test_an_interrupted_training_goes_on_where_it_stopped(tmp_path):
    path, seen = tmp_path / "net.pt", []
    whole = train(*samples(), SMALL)

    def stop(epoch, loss):
        seen.append(epoch)
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(*samples(), SMALL, checkpoint=path, progress=stop)
    resumed = train(*samples(), SMALL, checkpoint=path, progress=stop)
    assert seen == [1, 2, 3, 4]
    for a, b in zip(weights(whole), weights(resumed), strict=True):
        assert (a == b).all()


def test_a_training_of_fewer_epochs_can_be_gone_on_with(tmp_path):
    path = tmp_path / "net.pt"
    train(*samples(), replace(SMALL, epochs=2), checkpoint=path)
    longer = train(*samples(), SMALL, checkpoint=path)
    for a, b in zip(weights(train(*samples(), SMALL)), weights(longer), strict=True):
        assert (a == b).all()
    with pytest.raises(LeafproofError, match="other settings"):
        train(*samples(), replace(SMALL, epochs=3), checkpoint=path)


def test_a_checkpoint_from_before_there_were_losses_is_one_of_logistic_loss(tmp_path):
    path = tmp_path / "net.pt"
    train(*samples(), replace(SMALL, epochs=2), checkpoint=path)
    held = torch.load(path, weights_only=True)
    del held["facts"]["loss"]
    torch.save(held, path)
    seen = []
    train(*samples(), SMALL, checkpoint=path, progress=lambda epoch, loss: seen.append(epoch))
    assert seen == [3, 4]
    with pytest.raises(LeafproofError, match="other settings"):
        train(*samples(), replace(SMALL, loss="squared"), checkpoint=path)


def test_squared_loss_is_that_against_minus_one_and_one():
    inputs, labels = samples()
    seen = []
    recipe = replace(SMALL, loss="squared", epochs=1, rate=0.0)
    still = train(inputs, labels, recipe, progress=lambda epoch, loss: seen.append(loss))
    logits = still(torch.from_numpy(inputs)).detach().numpy()[:, 0]
    assert seen == [pytest.approx(((logits - (2 * labels - 1)) ** 2).mean(), rel=1e-5)]
    with pytest.raises(LeafproofError, match="no loss 'hinge': there are logistic, squared"):
        train(inputs, labels, replace(SMALL, loss="hinge"))


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    path = tmp_path / "net.pt"
    train(*samples(), SMALL, checkpoint=path)
    with pytest.raises(LeafproofError, match="other settings: remove it"):
        train(*samples(), replace(SMALL, seed=1), checkpoint=path)
    with pytest.raises(LeafproofError, match="other settings"):
        train(*samples(300), SMALL, checkpoint=path)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(LeafproofError, match="not a checkpoint of this network"):
        train(*samples(), SMALL, checkpoint=path)


def test_it_learns_its_tree_and_is_a_teacher():
    domain, tree = signs(6), random_tree(2, 6, seed=2)
    network = train_on_tree(tree, domain, 6000, Recipe(width=50, batch=25))
    teacher, bound = from_torch(network, 6), bind(tree, domain)
    points = [tuple(p) for p in np.ndindex(*[2] * 6)]
    wanted = [classify(bound, p) for p in points]
    assert list(exact_classes(teacher, domain, points)) == wanted


@pytest.mark.parametrize("seed", range(5))
def test_random_trees_are_full_and_test_no_column_twice_on_a_path(seed):
    tree = random_tree(3, 5, seed)
    assert tree.leaves == 8 and tree == random_tree(3, 5, seed)
    assert {n.klass for n in tree.nodes if isinstance(n, Leaf)} == {0, 1}
    stack = [(0, ())]
    while stack:
        at, path = stack.pop()
        node = tree.nodes[at]
        if isinstance(node, Inner):
            assert node.column not in path and node.threshold == 0
            stack += [(node.left, (*path, node.column)), (node.right, (*path, node.column))]
        else:
            assert len(path) == 3
