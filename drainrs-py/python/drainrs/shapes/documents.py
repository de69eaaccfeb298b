"""How a shape is read from a document and written to one: once per class, from its type hints."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar, Union, cast

from .timestamp import Timestamp

if TYPE_CHECKING:
    from typing_extensions import Self


_Decode: TypeAlias = Callable[[Any], Any]


class Shape:
    """What all results have in common: they are read from documents, written to documents, and shown in notebooks."""

    __slots__ = ()

    # How the document of a variant says which one it is: keys, their values, and whether they must be there.
    _tags: ClassVar[tuple[tuple[str, str, bool], ...]] = ()
    # The only key of the document, if the fields lie one deeper.
    _wrap: ClassVar[str | None] = None
    # Fields that are written but never read: a document must not set them.
    _unread: ClassVar[tuple[str, ...]] = ()
    # Whether the document is that of the only field.
    _transparent: ClassVar[bool] = False

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Reads a document. A key that is unknown or missing, or a value of another type, is a ``TypeError`` that names
        the class and the key."""
        return cast("Self", _plan(cls).decode(data))

    def to_dict(self) -> dict[str, Any]:
        """The document: what JSON can hold, as Rust writes it."""
        return cast("dict[str, Any]", _plan(type(self)).encode(self))

    def _repr_html_(self) -> str:
        from .. import html

        return html.shape(self)


class _Settings:
    """Stands for a class of settings while hints are read: those classes need the native module, and come late."""

    name: ClassVar[str]


class _MaskSettings(_Settings):
    name = "Mask"


class _MinerSettings(_Settings):
    name = "MinerConfig"


class _Field:
    __slots__ = ("attribute", "decode", "flatten", "key", "required")

    def __init__(self, attribute: str, required: bool, flatten: bool, decode: _Decode) -> None:
        self.attribute = attribute
        self.key = attribute[:-1] if attribute.endswith("_") else attribute
        self.required = required
        self.flatten = flatten
        self.decode = decode


class _Plan:
    """How a class is read and written; made once from its hints."""

    __slots__ = ("cls", "fields", "flat", "is_plain", "keys", "readers")

    def __init__(self, cls: type[Shape]) -> None:
        hints = typing.get_type_hints(cls, localns={"Mask": _MaskSettings, "MinerConfig": _MinerSettings})
        self.cls = cls
        self.fields: list[_Field] = []
        self.flat: _Field | None = None
        for one in fields(cast("Any", cls)):
            required = one.default is MISSING and one.default_factory is MISSING
            flatten = bool(one.metadata.get("flatten"))
            compiled = _Field(one.name, required, flatten, _compile(hints[one.name], f"{cls.__name__}.{one.name}"))
            if flatten:
                self.flat = compiled
            self.fields.append(compiled)
        self.keys = frozenset(one.key for one in self.fields if not one.flatten and one.key not in cls._unread)
        # Most classes: the document has the fields, all of them, and nothing else.
        odd = cls._tags or cls._wrap is not None or cls._transparent or cls._unread or self.flat is not None
        self.is_plain = not odd and not any(one.kw_only for one in fields(cast("Any", cls)))
        self.readers = [(one.key, one.decode) for one in self.fields]

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Whether a document is one of this class rather than of another variant."""
        if self.cls._wrap is not None:
            return data.keys() == {self.cls._wrap}
        if self.cls._tags:
            return all(data.get(key, value if not must else None) == value for key, value, must in self.cls._tags)
        return data.keys() == self.keys

    def decode(self, data: Any) -> Any:
        cls = self.cls
        if type(data) is cls:
            return data
        if self.is_plain and type(data) is dict and data.keys() == self.keys:
            return cls(*[read(data[key]) for key, read in self.readers])
        name = cls.__name__
        if cls._transparent:
            return cls(self.fields[0].decode(data))  # type: ignore[call-arg]
        if cls._wrap is not None:
            if not (type(data) is dict or isinstance(data, Mapping)) or data.keys() != {cls._wrap}:
                raise TypeError(f"{name}: not a document with the only key {cls._wrap!r}")
            data = data[cls._wrap]
        if type(data) is not dict and not isinstance(data, Mapping):
            raise TypeError(f"{name}: not a document but {_kind(data)}")
        expected = len(self.keys)
        rest: dict[str, Any] | None = None
        if cls._tags or self.flat is not None or len(data) != expected or not self.keys.issuperset(data):
            rest = {key: value for key, value in data.items() if key not in self.keys}
            for key, value, must in cls._tags:
                if key in self.keys:
                    continue
                if rest.pop(key, value if not must else None) != value:
                    raise TypeError(f"{name}: key {key!r} is not {value!r}")
            if rest and self.flat is None:
                raise TypeError(f"{name}: unknown key {next(iter(rest))!r}")
        values: dict[str, Any] = {}
        for one in self.fields:
            if one.flatten:
                values[one.attribute] = one.decode(rest)
            elif one.key in data:
                values[one.attribute] = one.decode(data[one.key])
            elif one.required:
                raise TypeError(f"{name}: missing key {one.key!r}")
        return cls(**values)

    def encode(self, shape: Shape) -> Any:
        cls = self.cls
        if cls._transparent:
            return encode(getattr(shape, self.fields[0].attribute))
        document: dict[str, Any] = {key: value for key, value, _ in cls._tags}
        for one in self.fields:
            value = encode(getattr(shape, one.attribute))
            if one.flatten:
                document.update(value)
            else:
                document[one.key] = value
        return document if cls._wrap is None else {cls._wrap: document}


_PLANS: dict[type[Shape], _Plan] = {}


def _plan(cls: type[Shape]) -> _Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _Plan(cls)
    return plan


def decode(hint: Any, data: Any) -> Any:
    """Reads a document as a type: a class of this package, a union of them such as ``Lineage``, the name of either, or
    what is made of them, such as ``tuple[Alert, ...]``."""
    if isinstance(hint, type) and issubclass(hint, Shape):
        return hint.from_dict(data)
    try:
        compiled = _DECODERS.get(hint)
    except TypeError:  # a hint that has no hash is not kept
        return _compile(hint, "value")(data)
    if compiled is None:
        meant = hint
        if isinstance(hint, str):
            from drainrs import shapes

            if hint not in shapes.__all__:
                raise TypeError(f"drainrs.shapes has no {hint!r}")
            meant = getattr(shapes, hint)
        where = hint if isinstance(hint, str) else "value"
        compiled = _DECODERS[hint] = _compile(meant, where)
    return compiled(data)


_DECODERS: dict[Any, _Decode] = {}


def encode(value: Any) -> Any:
    """Writes a value as a document: what JSON can hold, as Rust writes it."""
    if isinstance(value, Shape):
        return _plan(type(value)).encode(value)
    if isinstance(value, Timestamp):
        return int(value)
    if isinstance(value, (tuple, list, bytes)):
        return [encode(one) for one in value]
    if isinstance(value, Mapping):
        return {key: encode(one) for key, one in value.items()}
    if hasattr(value, "to_dict"):  # settings
        return value.to_dict()
    if hasattr(value, "tolist"):  # arrays of numbers
        return value.tolist()
    return value


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def _wrong(where: str, wanted: str, value: Any) -> TypeError:
    return TypeError(f"{where}: expected {wanted}, got {_kind(value)}")


def _compile(hint: Any, where: str) -> _Decode:
    """The function that reads values of a type."""
    if hint is Any:
        return lambda value: value
    if isinstance(hint, TypeVar):
        return lambda value: tuple(value) if isinstance(value, list) else value
    if hint is None or hint is type(None):
        return _exact(type(None), "None", where)
    if hint is bool:
        return _exact(bool, "bool", where)
    if hint is str:
        return _exact(str, "str", where)
    if hint is int:
        return _compile_int(where)
    if hint is float:
        return _compile_float(where)
    if hint is bytes:
        return _compile_bytes(where)
    if hint is Timestamp:
        return _compile_timestamp(where)
    if isinstance(hint, type) and not typing.get_args(hint):
        if issubclass(hint, Shape):
            return _plan(hint).decode
        if issubclass(hint, _Settings):
            return _compile_settings(hint, where)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return _compile_literal(arguments, where)
    if origin is tuple:
        return _compile_tuple(arguments, where)
    if origin is dict:
        return _compile_dict(arguments, where)
    if origin is Union or origin is types.UnionType:
        return _compile_union(arguments, where)
    if isinstance(origin, type) and issubclass(origin, Shape):  # Shift[K]
        return _plan(origin).decode
    raise TypeError(f"{where}: no way to read {hint!r}")


def _exact(kind: type, name: str, where: str) -> _Decode:
    def decode_exact(value: Any) -> Any:
        if not isinstance(value, kind):
            raise _wrong(where, name, value)
        return value

    return decode_exact


def _compile_int(where: str) -> _Decode:
    def decode_int(value: Any) -> Any:
        if type(value) is int:
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(where, "int", value)
        return value

    return decode_int


def _compile_float(where: str) -> _Decode:
    def decode_float(value: Any) -> Any:
        if type(value) is float:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _wrong(where, "float", value)
        return float(value)

    return decode_float


def _compile_bytes(where: str) -> _Decode:
    def decode_bytes(value: Any) -> Any:
        if isinstance(value, bytes):
            return value
        if not isinstance(value, (list, tuple)):
            raise _wrong(where, "bytes", value)
        try:
            return bytes(value)
        except (TypeError, ValueError):
            raise TypeError(f"{where}: a list, but not one of bytes") from None

    return decode_bytes


def _compile_timestamp(where: str) -> _Decode:
    def decode_timestamp(value: Any) -> Any:
        if type(value) is Timestamp:
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(where, "nanoseconds as int", value)
        return Timestamp(value)

    return decode_timestamp


def _compile_settings(hint: type[_Settings], where: str) -> _Decode:
    name = hint.name

    def decode_settings(value: Any) -> Any:
        from .. import config

        cls = getattr(config, name)
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise _wrong(where, name, value)
        return cls(**value)

    return decode_settings


def _compile_literal(names: tuple[Any, ...], where: str) -> _Decode:
    # As a dict: equal strings become the same string.
    known = {name: name for name in names}

    def decode_literal(value: Any) -> Any:
        if not isinstance(value, str):
            raise _wrong(where, "str", value)
        found = known.get(value)
        if found is None:
            raise TypeError(f"{where}: {value!r} is none of {', '.join(map(repr, names))}")
        return found

    return decode_literal


def _compile_tuple(arguments: tuple[Any, ...], where: str) -> _Decode:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _compile(arguments[0], where)

        def decode_many(value: Any) -> Any:
            if not isinstance(value, (list, tuple)):
                raise _wrong(where, "a list", value)
            return tuple(map(each, value))

        return decode_many
    several = [_compile(one, where) for one in arguments]

    def decode_some(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise _wrong(where, "a list", value)
        if len(value) != len(several):
            raise TypeError(f"{where}: expected a list of {len(several)}, got one of {len(value)}")
        return tuple([read(one) for read, one in zip(several, value, strict=True)])

    return decode_some


def _compile_dict(arguments: tuple[Any, ...], where: str) -> _Decode:
    of_key, of_value = (_compile(one, where) for one in arguments)

    def decode_dict(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(where, "a dict", value)
        return {of_key(key): of_value(one) for key, one in value.items()}

    return decode_dict


def _compile_union(arguments: tuple[Any, ...], where: str) -> _Decode:
    optional = type(None) in arguments
    members = [one for one in arguments if one is not type(None)]
    shapes = [one for one in members if isinstance(one, type) and issubclass(one, Shape)]
    others = [one for one in members if one not in shapes]
    if len(members) == 1:
        only = _compile(members[0], where)
        return lambda value: None if value is None else only(value)
    if len(others) == 2 and str in others and not shapes:
        # ``str | bytes``, and open sets of names.
        text = _exact(str, "str", where)
        other = next(one for one in others if one is not str)
        if typing.get_origin(other) is Literal:
            if optional:
                return lambda value: None if value is None else text(value)
            return text
        read = _compile(other, where)
        return lambda value: value if isinstance(value, str) else read(value)
    if len(others) > 1:
        raise TypeError(f"{where}: no way to tell {arguments!r} apart")
    fallback = _compile(others[0], where) if others else None
    # Variants whose documents have a single key, by that key.
    single: dict[str, _Plan] = {}
    for shape in shapes:
        if shape._wrap is not None:
            single[shape._wrap] = _plan(shape)
        elif not shape._tags and len(_plan(shape).keys) == 1:
            single[next(iter(_plan(shape).keys))] = _plan(shape)

    def decode_union(value: Any) -> Any:
        if type(value) is str and fallback is not None:
            return fallback(value)
        if value is None and optional:
            return None
        if type(value) is dict and len(value) == 1:
            only = single.get(next(iter(value)))
            if only is not None:
                return only.decode(value)
        if isinstance(value, Shape):
            if type(value) in shapes:
                return value
        elif isinstance(value, Mapping):
            for shape in shapes:
                plan = _plan(shape)
                if plan.fits(value):
                    return plan.decode(value)
        elif fallback is not None:
            return fallback(value)
        names = ", ".join(shape.__name__ for shape in shapes)
        shown = _kind(value)
        if isinstance(value, Mapping):
            shown = f"a document with {', '.join(map(repr, list(value)[:4]))}"
        raise TypeError(f"{where}: none of {names} is read from {shown}")

    return decode_union


_FLATTEN = {"flatten": True}
