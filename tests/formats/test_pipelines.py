"""Pipelines from raw columns on: the folded network answers as ``predict`` does, everywhere."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import numpy as np
import pytest

import verifier as lp
from verifier.formats import sklearn_check
from verifier.formats.load import load_tree_for
from verifier.model.errors import NetworkError, TreeError
from verifier.model.network import decide, exact_logits
from verifier.model.tree import Inner

pandas = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

from sklearn.compose import ColumnTransformer, make_column_transformer  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: E402
from sklearn.feature_selection import SelectKBest, VarianceThreshold  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import FeatureUnion, make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier  # noqa: E402


def frame(rows: int = 90):
    rng = np.random.default_rng(3)
    colour = np.array(["red", "green", "blue"])[rng.integers(0, 3, rows)]
    dose = np.round(rng.integers(1, 8, rows) * 0.1, 1)
    age = rng.integers(18, 24, rows)
    level = rng.integers(0, 3, rows) * 2
    y = np.where((colour == "red") ^ (dose > 0.4), "yes", np.where(age > 21, "perhaps", "no"))
    return pandas.DataFrame({"colour": colour, "dose": dose, "age": age, "level": level}), y


def points(domain):
    return list(itertools.product(*(range(v.count) for v in domain.variables)))


def raws(domain, held, missing=()):
    """The table of all points, from the labels and numbers of the domain."""
    columns = {}
    for i, v in enumerate(domain.variables):
        texts = held[v.name].dtype.kind not in "ifb"
        column = [v.label(p[i]) for p in points(domain)]
        gone = np.nan
        columns[v.name] = [gone if x == "missing" else x if texts else float(F(x)) for x in column]
    return pandas.DataFrame(columns)


def answers(model, domain):
    """The classes that the folded network gives at every point, by name."""
    network = lp.load_network(model, domain=domain)
    rows = [domain.encode_integers(p) for p in points(domain)]
    logits, _ = exact_logits(network, rows, domain.denominator)
    return [network.labels[decide(row)] for row in logits], network


FIRST = {
    "one-hot and scaled": lambda: make_column_transformer(
        (OneHotEncoder(), ["colour"]), (StandardScaler(), ["dose", "age"]), remainder="passthrough"
    ),
    "ordinal": lambda: make_column_transformer(
        (OrdinalEncoder(), ["colour", "level"]), (MinMaxScaler((-1, 2)), ["age"])
    ),
    "dropped": lambda: make_column_transformer(
        (OneHotEncoder(drop="first", sparse_output=False), ["colour", "level", "age"]),
        (RobustScaler(), ["dose"]),
    ),
    "bins": lambda: make_column_transformer(
        (KBinsDiscretizer(3, encode="onehot-dense", strategy="quantile"), ["dose", "age"]),
        (KBinsDiscretizer(2, encode="ordinal", strategy="uniform"), ["level"]),
        (OneHotEncoder(), ["colour"]),
    ),
    "selected": lambda: make_pipeline(
        make_column_transformer(
            (OneHotEncoder(sparse_output=False), ["colour"]),
            (Binarizer(threshold=0.4), ["dose"]),
            remainder="passthrough",
        ),
        VarianceThreshold(),
        SelectKBest(k=4),
    ),
    "nested": lambda: ColumnTransformer(
        [
            ("text", make_pipeline(OrdinalEncoder(), OneHotEncoder()), [0]),
            ("number", make_pipeline(StandardScaler(), MinMaxScaler()), slice("dose", "age")),
            ("twice", make_pipeline(StandardScaler(), KBinsDiscretizer(3, encode="ordinal")), [2]),
            ("same", "passthrough", [False, False, False, True]),
        ]
    ),
    "infrequent": lambda: make_column_transformer(
        (OneHotEncoder(min_frequency=28, handle_unknown="infrequent_if_exist"), ["colour"]),
        (OneHotEncoder(max_categories=3, drop="first"), ["age"]),
        (OrdinalEncoder(max_categories=2), ["level"]),
        remainder="passthrough",
    ),
    "functions": lambda: make_column_transformer(
        (make_pipeline(FunctionTransformer(np.log1p), StandardScaler()), ["dose", "age"]),
        (FunctionTransformer(lambda x: x % 4 - 1.1), ["level"]),
        (PowerTransformer(), ["age"]),
        (QuantileTransformer(n_quantiles=20), ["dose"]),
    ),
    "targets": lambda: make_column_transformer(
        (TargetEncoder(random_state=0), ["colour", "level", "age"]), (StandardScaler(), ["dose"])
    ),
    "union": lambda: make_pipeline(
        make_column_transformer((OrdinalEncoder(), ["colour"]), remainder="passthrough"),
        FeatureUnion([("a", StandardScaler()), ("b", MinMaxScaler()), ("c", "drop")]),
        FunctionTransformer(),
    ),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", FIRST)
def test_the_network_answers_as_the_pipeline(name):
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    assert [v.columns for v in domain.variables] == [3, 1, 1, 1]
    model = make_pipeline(FIRST[name](), MLPClassifier((6,), max_iter=40, random_state=0))
    model.fit(x, y)
    found, network = answers(model, domain)
    assert network.labels == ("no", "perhaps", "yes") and network.columns == 6
    said = model.predict(raws(domain, x)).tolist()
    assert len(set(said)) > 1
    assert found == said


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_missing_values_are_filled_in():
    x, y = frame()
    x.loc[::7, "dose"] = np.nan
    x.loc[::9, "colour"] = np.nan
    x.loc[::5, "level"] = np.nan
    domain = lp.Domain.from_frame(x)
    first = make_column_transformer(
        (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), ["dose"]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["level"]),
        (OneHotEncoder(), ["colour"]),
        (OneHotEncoder(handle_unknown="ignore"), ["age"]),
    )
    model = make_pipeline(first, LogisticRegression()).fit(x, y)
    found, _ = answers(model, domain)
    assert found == model.predict(raws(domain, x)).tolist()
    first = make_column_transformer((StandardScaler(), ["age"]), (MinMaxScaler(), ["dose"]))
    late = make_pipeline(first, SimpleImputer(), LogisticRegression())
    with pytest.raises(NetworkError, match="after they were scaled"):
        lp.load_network(late.fit(x, y), domain=domain)
    clean = make_pipeline(first, LogisticRegression()).fit(x.dropna(), y[x.notna().all(axis=1)])
    with pytest.raises(NetworkError, match='"dose" may be missing: fill it in'):
        lp.load_network(clean, domain=domain)


@pytest.mark.parametrize("also_missing", [False, True])
def test_a_text_called_missing_is_no_missing_value(also_missing):
    """It was folded as a missing value, and the tree proved equal to another model."""
    texts = ["Nurse", None, "cook", "missing"] if also_missing else ["Nurse", "cook", "missing"]
    x = pandas.DataFrame({"job": texts * 12, "size": [0, 1, 2, 3] * (3 * len(texts))})
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["job"]), remainder="passthrough"
    )
    model = make_pipeline(encoder, LogisticRegression(C=100)).fit(x, x.job == "missing")
    domain = lp.Domain.from_frame(x)
    assert domain.variables[0].labels[2:] == ("missing (text)", "missing")[: 1 + also_missing]
    made = lp.distill(model, domain, rows=x)
    assert made.verdict == "equivalent"
    assert (made.tree.predict(x, domain=domain, names=True) == model.predict(x).astype(str)).all()
    assert "job IN ('missing')" in made.tree.to_code("sql", domain).replace('"', "")
    by_hand = lp.Domain.product(
        lp.Domain.one_hot("job", ["Nurse", "cook", "missing"]), domain.variables[1]
    )
    made_by_hand = make_pipeline(encoder, model[1])
    if also_missing:  # which the encoder knows
        assert lp.load_network(made_by_hand, domain=by_hand).columns == by_hand.columns
        return
    with pytest.raises(lp.LeafproofError, match=r'knows a text "missing" .* "missing \(text\)"'):
        lp.load_network(made_by_hand, domain=by_hand)


def test_texts_that_do_not_print_are_given_to_a_pipeline_as_they_are():
    """The model was compared where a text is what its label spells, and refused as misread."""
    texts = ["Saint\xa0Louis", "a\tb", "Nice", "\U000e0001"]
    x = pandas.DataFrame({"town": texts * 10, "n": np.arange(40) % 3})
    first = make_column_transformer((OneHotEncoder(), ["town"]), remainder="passthrough")
    for model in (LogisticRegression(C=50), DecisionTreeClassifier()):
        piped = make_pipeline(first, model).fit(x, x.town.isin(texts[:2]) ^ (x.n > 1))
        made = lp.distill(piped, lp.Domain.from_frame(x), rows=x)
        assert made.verdict == "equivalent" and made.on_rows.disagreements == 0


def test_truth_values_beside_numbers_are_given_to_a_pipeline_as_they_are():
    x = pandas.DataFrame({"kind": ["a", "b", None] * 20, "own": [True, False] * 30})
    x["size"] = np.arange(60) % 7 + 0.5
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    first = make_column_transformer((encoder, ["kind"]), remainder="passthrough")
    trees = HistGradientBoostingClassifier(max_iter=3, categorical_features=[0], min_samples_leaf=2)
    model = make_pipeline(first, trees).fit(x, (x.kind == "a") ^ (x["size"] > 3) ^ x.own)
    made = lp.distill(model, lp.Domain.from_frame(x), rows=x)
    assert made.verdict == "equivalent" and made.on_rows.disagreements == 0


@pytest.mark.parametrize("filled", ["before", "after"])
def test_tables_of_numbers_that_may_be_missing(filled):
    """Differences of logarithms are no floats; what a missing value has beside them is exact."""
    x, y = frame()
    x["dose"] -= 0.4  # what is missing has the number 0 here, too
    x.loc[::7, "dose"] = np.nan
    x.loc[::5, "level"] = np.nan
    domain = lp.Domain.from_frame(x)
    curve = FunctionTransformer(lambda x: np.exp(3 * x))
    steps = [SimpleImputer(), curve] if filled == "before" else [curve, SimpleImputer()]
    codes = [OrdinalEncoder(max_categories=2), SimpleImputer(strategy="constant", fill_value=1.3)]
    first = make_column_transformer(
        (make_pipeline(*steps), ["dose"]), (make_pipeline(*codes), ["level"])
    )
    model = make_pipeline(first, LogisticRegression(C=50)).fit(x, y)
    found, network = answers(model, domain)
    said = model.predict(raws(domain, x)).tolist()
    assert found == said and len(set(said)) > 1
    made = first.transform(raws(domain, x))
    _, scale = exact_logits(network, [domain.encode_integers((0, 0, 0, 0))], domain.denominator)
    logits = [
        exact_logits(network, [domain.encode_integers(p)], domain.denominator)[0][0]
        for p in points(domain)
    ]
    weight, bias = model[-1].coef_, model[-1].intercept_
    for row, own in zip(logits, made.tolist(), strict=True):
        exact = [
            sum((F(w) * F(a) for w, a in zip(c, own, strict=True)), F(b))
            for c, b in zip(weight.tolist(), bias.tolist(), strict=True)
        ]
        assert [F(n, scale) for n in row] == exact


def test_a_certificate_is_held_against_a_tree_behind_a_pipeline(tmp_path):
    """Its tests become several of the domain's columns, in the order that files have them in."""
    x, y = frame()
    x.loc[::7, "dose"] = np.nan
    domain = lp.Domain.from_frame(x)
    first = make_column_transformer(
        (OneHotEncoder(), ["colour"]), (SimpleImputer(), ["dose", "age"]), remainder="drop"
    )
    model = make_pipeline(first, LogisticRegression(max_iter=5000)).fit(x, y)
    tree = make_pipeline(first, DecisionTreeClassifier(max_leaf_nodes=9)).fit(x, y)
    lp.certify(model, tree, domain).save(tmp_path / "a.certificate")
    found = lp.check(tmp_path / "a.certificate", against=(model, tree, domain))
    assert found.verdict == "different" and found.tree.leaves > 9
    other = make_pipeline(first, DecisionTreeClassifier(max_leaf_nodes=2)).fit(x, y)
    with pytest.raises(lp.InvalidProof, match="another tree"):
        lp.check(tmp_path / "a.certificate", against=(model, other, domain))


def test_columns_are_found_by_name():
    x, y = frame()
    numbers = x[["level", "age", "dose"]]
    model = LogisticRegression(max_iter=2000).fit(numbers, y)
    domain = lp.Domain.from_frame(x[["dose", "level", "age"]])
    found, _ = answers(model, domain)
    assert found == model.predict(raws(domain, x)[["level", "age", "dose"]]).tolist()
    dummies = pandas.get_dummies(x, columns=["colour"])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(dummies, y)
    domain = lp.Domain.from_frame(x)
    found, _ = answers(model, domain)
    made = pandas.get_dummies(raws(domain, x), columns=["colour"])
    assert found == model.predict(made[dummies.columns]).tolist()


def test_a_pipeline_is_certified_in_raw_units():
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    model = make_pipeline(FIRST["one-hot and scaled"](), LogisticRegression(C=50)).fit(x, y)
    made = lp.distill(model, domain, method="certified")
    assert made.error == (0, 0) and set(made.tree.labels) == {"no", "perhaps", "yes"}
    assert "dose" in made.tree.to_text(domain) and "colour" in made.tree.to_text(domain)
    assert lp.certify(model, made.tree, domain).verdict == "equivalent"


def regression(x, y):
    model = make_pipeline(FIRST["one-hot and scaled"](), LinearRegression())
    return model.fit(x, (y == "yes").astype(float))


def test_a_regressor_needs_a_threshold():
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    model = regression(x, y)
    network = lp.load_network(model, domain=domain, threshold="1/2")
    rows = [domain.encode_integers(p) for p in points(domain)]
    found = [decide(row) for row in exact_logits(network, rows, domain.denominator)[0]]
    assert found == (model.predict(raws(domain, x)) > 0.5).astype(int).tolist()
    with pytest.raises(NetworkError, match="threshold"):
        lp.load_network(model, domain=domain)


def refused(step, columns=("dose",), **fit):
    x, y = frame()
    rest = make_column_transformer((step, list(columns)))
    model = make_pipeline(rest, LogisticRegression()).fit(x, y)
    return model, lp.Domain.from_frame(fit.get("domain", x))


def test_what_cannot_be_folded_is_refused_in_one_line():
    x, _ = frame()
    more = pandas.concat([x, x.assign(colour="purple", age=40, dose=3.0)])
    cases = [
        (refused(PolynomialFeatures()), "step PolynomialFeatures is not supported: supported are"),
        (refused(OneHotEncoder(), ["colour"], domain=more), 'does not know "purple" of "colour"'),
        (refused(OrdinalEncoder(), ["age"], domain=more), "does not know"),
        (refused(MinMaxScaler(clip=True), ["dose"], domain=more), 'clips values of "dose"'),
        (refused(MaxAbsScaler(clip=True), ["age"], domain=more), 'clips values of "age"'),
        (refused(FunctionTransformer(lambda x: x - x.mean()), ["dose"]), "depends on the others"),
        (refused(FunctionTransformer(lambda x: x.iloc[:, :1]), ["dose", "age"]), "other columns"),
        (refused(FunctionTransformer(np.abs), ["dose"], domain=x.assign(dose=x.colour)), "numbers"),
        (
            refused(
                FunctionTransformer(lambda x: 1 / (x - 9)),
                ["dose"],
                domain=x.assign(dose=x.age - 12),
            ),
            'infinite number of "dose" = 9',
        ),
        (
            refused(FunctionTransformer(np.sqrt), ["dose"], domain=x.assign(dose=x.age - 20)),
            'missing value of a number of "dose"',
        ),
    ]
    for (model, domain), message in cases:
        with pytest.raises(NetworkError, match=message) as caught:
            lp.load_network(model, domain=domain)
        assert "\n" not in str(caught.value)
    model, _ = refused(StandardScaler())
    with pytest.raises(NetworkError, match='column "colour", which is no variable'):
        lp.load_network(model, domain=lp.Domain.from_frame(x[["dose", "age"]]))
    with pytest.raises(NetworkError, match="give that table's domain"):
        lp.load_network(model)


def test_what_is_read_wrongly_is_found_out(monkeypatch):
    """The comparison can fail: a network of other answers is refused."""
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    model = make_pipeline(FIRST["ordinal"](), LogisticRegression()).fit(x, y)
    monkeypatch.setattr(sklearn_check, "decide", lambda row: 0)
    with pytest.raises(NetworkError, match="was not read right"):
        lp.load_network(model, domain=domain)


def test_what_cannot_be_compared_is_refused(monkeypatch):
    """A network and a tree whose pipelines predict nothing of the domain's table."""
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    one = make_pipeline(FIRST["ordinal"](), LogisticRegression()).fit(x, y)
    tree = make_pipeline(FIRST["ordinal"](), DecisionTreeClassifier()).fit(x, y)
    network = lp.load_network(one, domain=domain)
    monkeypatch.setattr(sklearn_check, "answers", _raising)
    problem = "does not predict for the domain's values"
    with pytest.raises(NetworkError, match=problem):
        lp.load_network(one, domain=domain)
    with pytest.raises(TreeError, match=problem):
        load_tree_for(network, tree, domain)


def _raising(*_):
    raise ValueError("no texts")


def test_edges_that_are_numbers_of_the_data():
    """0.3 lies in the bin that begins at 0.3, though the float 0.3 is less than 3/10."""
    x = pandas.DataFrame({"d": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7] * 6, "e": [0, 1] * 21})
    y = (x.d >= 0.3).astype(int)
    model = make_pipeline(KBinsDiscretizer(7, encode="onehot"), LogisticRegression(C=100))
    model.fit(x[["d"]], y)
    domain = lp.Domain.from_frame(x[["d"]])
    found, _ = answers(model, domain)
    assert found == [str(k) for k in model.predict(x[["d"]][:7])]


def test_edges_are_compared_in_the_type_that_a_discretiser_has():
    """It was told only by points that were drawn: of one number in hundreds it was not."""
    x = pandas.DataFrame({"d": np.round(np.arange(1, 401) * 0.1, 1)})
    cut = KBinsDiscretizer(2, encode="ordinal", dtype=np.float32, quantile_method="linear").fit(x)
    at = next(v for v in x.d[200:] if float(np.float32(v)) < v)
    cut.bin_edges_[0][1] = at
    assert cut.transform(x).ravel()[list(x.d).index(at)] == 0
    model = make_pipeline(cut, LogisticRegression(C=100))
    model[-1].fit(cut.transform(x), cut.transform(x).ravel() > 0)
    domain = lp.Domain.from_frame(x)
    found, _ = answers(model, domain)
    assert found == [str(k) for k in model.predict(x)]


def tree_answers(model, domain, network=None):
    """The classes that the folded tree gives at every point, by name."""
    tree = load_tree_for(network or lp.load_network(model, domain=domain), model, domain)
    assert tree.labels == ("no", "perhaps", "yes")
    rows = [domain.encode(p) for p in points(domain)]
    found = []
    for row in rows:
        node = tree.nodes[0]
        while isinstance(node, Inner):
            node = tree.nodes[node.left if row[node.column] <= node.threshold else node.right]
        found.append(tree.labels[node.klass])
    return found


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", FIRST)
def test_a_tree_behind_a_pipeline_tests_the_domains_columns(name):
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    network = lp.load_network(LogisticRegression().fit(np.zeros((3, 6)), ["no", "perhaps", "yes"]))
    model = make_pipeline(FIRST[name](), DecisionTreeClassifier(random_state=0)).fit(x, y)
    assert tree_answers(model, domain, network) == model.predict(raws(domain, x)).tolist()


def test_a_tree_of_named_columns_in_another_order():
    x, y = frame()
    numbers = x[["level", "age", "dose"]]
    domain = lp.Domain.from_frame(x[["dose", "level", "age"]])
    model = DecisionTreeClassifier(random_state=0).fit(numbers, y)
    network = lp.load_network(LogisticRegression(max_iter=2000).fit(numbers, y), domain=domain)
    said = model.predict(raws(domain, x)[["level", "age", "dose"]]).tolist()
    assert tree_answers(model, domain, network) == said


def test_trees_where_values_are_missing():
    x, y = frame()
    x.loc[::7, "dose"] = np.nan
    domain = lp.Domain.from_frame(x[["dose", "age"]])
    network = lp.load_network(LogisticRegression().fit(np.zeros((3, 3)), ["no", "perhaps", "yes"]))
    first = make_column_transformer((SimpleImputer(), ["dose"]), (StandardScaler(), ["age"]))
    model = make_pipeline(first, DecisionTreeClassifier(random_state=0))
    model.fit(x[["dose", "age"]], y)
    assert tree_answers(model, domain, network) == model.predict(raws(domain, x)).tolist()
    bare = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0))
    bare.fit(x[["dose", "age"]], y)
    bare[-1].monotonic_cst = [1, 0]  # then scikit-learn takes none
    with pytest.raises(lp.LeafproofError, match='tests "dose" where it is missing'):
        load_tree_for(network, bare, domain)


@pytest.mark.parametrize("kind", [DecisionTreeClassifier, ExtraTreeClassifier])
@pytest.mark.parametrize("leaves", [None, 6])
@pytest.mark.parametrize("scaled", [False, True])
def test_trees_that_send_missing_values_somewhere(kind, leaves, scaled):
    """Seen in training or not, at every value of both columns; grown best first or in order."""
    x, y = frame()
    x = x[["dose", "age"]]
    lacking = x.copy()
    lacking.loc[::7, "dose"] = np.nan
    lacking.loc[::5, "age"] = np.nan
    domain = lp.Domain.from_frame(lacking, distribution="uniform")
    network = lp.load_network(LogisticRegression().fit(np.zeros((3, 4)), ["no", "perhaps", "yes"]))
    for seen in (x, lacking):
        tree = kind(max_leaf_nodes=leaves, random_state=0)
        model = make_pipeline(StandardScaler(), tree) if scaled else tree
        model.fit(seen, y)
        said = model.predict(raws(domain, lacking)).tolist()
        assert tree_answers(model, domain, network) == said
        assert len({*said}) > 1


def test_a_tree_of_scaled_real_numbers():
    rng = np.random.default_rng(0)
    x = pandas.DataFrame({"a": rng.uniform(0, 10, 300), "b": rng.uniform(20, 80, 300)})
    y = np.where((x.a > 4) & (x.b > 45), "yes", np.where(x.a > 7, "perhaps", "no"))
    domain = lp.Domain.from_frame(x, continuous=True)
    network = lp.load_network(LogisticRegression().fit(np.zeros((3, 2)), ["no", "perhaps", "yes"]))
    steps = StandardScaler(), MinMaxScaler()
    model = make_pipeline(*steps, DecisionTreeClassifier(max_depth=3)).fit(x, y)
    tree = load_tree_for(network, model, domain)
    drawn = pandas.DataFrame({"a": rng.uniform(0, 10, 4000), "b": rng.uniform(20, 80, 4000)})
    assert tree.predict(drawn.to_numpy(), names=True).tolist() == model.predict(drawn).tolist()


def test_pipelines_on_both_sides():
    x, y = frame()
    domain = lp.Domain.from_frame(x)
    model = make_pipeline(FIRST["one-hot and scaled"](), LogisticRegression(C=50)).fit(x, y)
    tree = make_pipeline(FIRST["ordinal"](), DecisionTreeClassifier(random_state=0))
    tree.fit(x, model.predict(x))
    result = lp.certify(model, tree, domain, rows=x)
    every = raws(domain, x)
    wrong = int((model.predict(every) != tree.predict(every)).sum())
    assert result.disagreements == (wrong, wrong) and result.on_rows.rows == len(x)


def test_a_column_that_the_domain_lacks_is_named():
    """Where the domain happens to have as many columns as the table had, too."""
    x, y = frame()
    x["more"], x["other"] = x.age, x.dose  # colour's one column becomes three
    first = make_column_transformer((OneHotEncoder(), ["colour"]), (StandardScaler(), ["age"]))
    model = make_pipeline(first, LogisticRegression()).fit(x, y)
    domain = lp.Domain.from_frame(x.drop(columns=["more", "other"]))
    assert domain.columns == model.n_features_in_
    with pytest.raises(NetworkError, match='was fitted to column "more", which is no variable'):
        lp.load_network(model, domain=domain)


def test_the_domain_may_be_named_by_its_file(tmp_path):
    x = pandas.DataFrame({"a": [1.0, 2.0, 3.0, 4.0] * 5, "b": [0.5, 1.5, 0.5, 2.5] * 5})
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, x.a > 2)
    domain = lp.Domain.from_frame(x)
    domain.save(tmp_path / "d.json")
    by_path = lp.load_network(model, domain=tmp_path / "d.json")
    by_name = lp.load_network(model, domain=str(tmp_path / "d.json"))
    assert (
        len({repr(x.layers) for x in (by_path, by_name, lp.load_network(model, domain=domain))})
        == 1
    )
    with pytest.raises(
        lp.LeafproofError, match=r"domain is of type list: give a Domain, or a path"
    ):
        lp.load_network(model, domain=[1, 2])
