"""Vectors of texts and distances from what is known, with the manners of scikit-learn: ``fit``, ``transform``,
``score_samples``, ``predict``, ``get_params``, ``set_params``. scikit-learn itself is not needed.
"""

from __future__ import annotations

import math
from typing import Any

from . import _native
from .config import CentroidConfig, Config, VectoriserConfig

__all__ = ["Centroid", "NotFittedError", "Vectoriser"]


class _Estimator:
    """Parameters are the settings: ``get_params`` gives them, ``set_params`` changes them and forgets what was learned."""

    __slots__ = ()
    _config_class: type[Config]
    _estimator_type: str
    config: Any

    @classmethod
    def _get_param_names(cls) -> list[str]:
        return sorted(_native.config_fields(cls._config_class.__name__))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by name."""
        del deep  # no setting is an estimator
        return dict(self.config.to_dict())

    def set_params(self, **parameters: Any) -> Any:
        """Changes settings; what was learned is forgotten."""
        self.reset(self.config, **parameters)  # type: ignore[attr-defined]
        return self

    def __sklearn_clone__(self) -> Any:
        return type(self)(**self.get_params())

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn wants to know; only scikit-learn asks."""
        from sklearn.base import BaseEstimator
        from sklearn.utils import TransformerTags

        tags = BaseEstimator().__sklearn_tags__()
        tags.estimator_type = self._estimator_type
        tags.transformer_tags = TransformerTags() if self._estimator_type == "transformer" else None
        tags.target_tags.required = False
        return tags

    def __repr__(self) -> str:
        changed = str(self.config).partition("(")[2]
        return f"{type(self).__name__}({changed}" if changed else f"{type(self).__name__}()"


class Vectoriser(_native.Vectoriser, _Estimator):
    """Texts to vectors of unit length: words and pairs of words, hashed, weighed by how rare they are among the texts learned.

    >>> import drainrs
    >>> vectors = drainrs.Vectoriser(dimensions=64).fit_transform(["disk is full", "disk is broken", "user left"])
    >>> vectors.shape, vectors.dtype.name
    ((3, 64), 'float32')
    """

    _config_class = VectoriserConfig
    _estimator_type = "transformer"

    def fit(self, X: Any, y: Any = None) -> Vectoriser:
        """Learns which words are rare from texts: a list, an array, a Series. What was learned before is forgotten."""
        del y
        self.reset()
        self.learn_batch(X)
        self.reweigh()
        return self

    def transform(self, X: Any) -> Any:
        """The vectors of texts: float32, a row per text; zeros for a missing one. Learns nothing."""
        return self.vectors(X)

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """``fit`` and ``transform`` of the same texts."""
        return self.fit(list(X), y).transform(X)

    def __sklearn_is_fitted__(self) -> bool:
        return self.texts > 0

    def get_feature_names_out(self, input_features: Any = None) -> list[str]:
        """Names of the columns."""
        del input_features
        return [f"drainrs{at}" for at in range(self.dimensions)]

    @classmethod
    def restore(cls, snapshot: bytes, config: VectoriserConfig | None = None) -> Vectoriser:
        """A vectoriser that goes on where a snapshot was taken. Raises `SnapshotError` for what is none, and for other settings."""
        own = cls(config)
        own.resume(snapshot)
        return own

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).restore, (self.snapshot(), self.config)


class Centroid(_native.Centroid, _Estimator):
    """How far texts (or vectors of a model of yours) are from everything that is known: the cosine distance to the nearest,
    0 for a known one, up to 2.

    >>> import drainrs
    >>> known = [f"user {name} logged in from {place}" for name in "abcdefgh" for place in ("home", "work")]
    >>> scorer = drainrs.Centroid().fit(known)
    >>> scorer.predict(["user a logged in from home", "kernel panic, not syncing"])
    array([ 1, -1])
    """

    _config_class = CentroidConfig
    _estimator_type = "outlier_detector"

    def fit(self, X: Any, y: Any = None) -> Centroid:
        """Takes texts, or the rows of a matrix, for usual.

        Rows bring no threshold of their own, so every other one is held back, measured against the rest, and learned then: the
        threshold is what a share of ``false_alarm_rate`` of them is past. Raises `ConfigError` for fewer rows than that rate needs
        (400 for one in 200). What was learned before is forgotten.
        """
        del y
        self.reset()
        X = _plain_matrix(X)
        if _is_matrix(X):
            for row in X[::2]:
                self.learn_vector(row)
            self.calibrate_vectors(X[1::2])
            for row in X[1::2]:
                self.learn_vector(row)
        else:
            self.learn_texts(X)
        return self

    def score_samples(self, X: Any) -> Any:
        """Minus the distance of each text or row, float64: the greater, the more usual. NaN for a missing text, and for one without
        words. Raises `NotFittedError` if nothing was learned."""
        X = _plain_matrix(X)
        if _is_matrix(X):
            self._require(self.known_vectors)
            judged = [self.score_vector(row) for row in X]
            return _numbers([-one.distance if one is not None else math.nan for one in judged])
        self._require(self.known_texts)
        return _numbers([-distance for distance in self.distances(X)])

    def decision_function(self, X: Any) -> Any:
        """``score_samples`` and the threshold: below 0 is unusual."""
        X = _plain_matrix(X)
        if _is_matrix(X):
            self._require(self.known_vectors)
            judged = [self.score_vector(row) for row in X]
            return _numbers([one.threshold - one.distance if one is not None else math.nan for one in judged])
        threshold = self.threshold
        return _numbers([score + threshold for score in self.score_samples(X)])

    def predict(self, X: Any) -> Any:
        """1 for the usual, -1 for the unusual (int64), as scikit-learn's detectors of outliers say it; what nothing can be said about
        is 1."""
        return _numbers([-1 if value < 0 else 1 for value in self.decision_function(X)])

    def fit_predict(self, X: Any, y: Any = None) -> Any:
        """``fit`` and ``predict`` of the same."""
        return self.fit(X, y).predict(X)

    def __sklearn_is_fitted__(self) -> bool:
        return self.known_texts > 0 or self.known_vectors > 0

    @classmethod
    def restore(cls, snapshot: bytes, config: CentroidConfig | None = None) -> Centroid:
        """A scorer that goes on where a snapshot was taken, under the settings that it was taken under. Raises `SnapshotError` for
        what is none."""
        own = cls(config)
        own.resume(snapshot)
        return own

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).restore, (self.snapshot(), self.config)

    def _require(self, known: int) -> None:
        if not known:
            raise NotFittedError("nothing was learned: call fit first, with texts or with the rows of a matrix")


class NotFittedError(ValueError, AttributeError):
    """An estimator is asked before it learned anything; of the kinds that scikit-learn's own error of this name is."""


def _numbers(values: list[Any]) -> Any:
    """A NumPy array, or the list where NumPy is not installed."""
    try:
        import numpy
    except ImportError:
        return values
    return numpy.asarray(values)


def _plain_matrix(values: Any) -> Any:
    """A data frame of numbers as its array; everything else as it is."""
    is_frame = hasattr(values, "columns") and hasattr(values, "to_numpy")
    return values.to_numpy() if is_frame else values


def _is_matrix(values: Any) -> bool:
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    return getattr(values, "ndim", 1) == 2 and kind in "fiu"
