"""Tokens: the pieces of a sentence, as numbers. Bytes need nothing; word-pieces are learned from sentences."""

import codecs
import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol, Self

from ...core.errors import DataError, JamjaeError, require

LARGEST = 8 << 20  # characters of a tokeniser in a spec
LONGEST = 64  # characters that a word-piece has at most, for cutting before anything is tokenised
KEYS = ("added_tokens", "decoder", "model", "normalizer", "padding", "post_processor", "pre_tokenizer", "truncation")


class Tokens(Protocol):
    """Sentences to numbers 0 .. count - 1 and back; `kind` is its name, `longest` how many characters one may hold."""

    kind: ClassVar[str]
    count: int
    longest: int

    def encode(self, sentences: list[str]) -> list[list[int]]:
        """The numbers of each sentence."""

    def decode(self, numbers: Sequence[int], whole: bool) -> str:
        """The sentence of some numbers; of one that is not `whole`, a last character that was cut in two is left
        out."""

    def spec(self) -> dict[str, Any]:
        """What a spec keeps of it."""


class Bytes:
    """The bytes of UTF-8: 256 of them, three for a Korean syllable.

    Example:
        >>> Bytes().encode(["a가"]), Bytes().decode([97, 234, 176], whole=False)
        ([[97, 234, 176, 128]], 'a')
    """

    kind: ClassVar[str] = "bytes"
    count = 256
    longest = 1

    def encode(self, sentences: list[str]) -> list[list[int]]:
        return [list(s.encode()) for s in sentences]

    def decode(self, numbers: Sequence[int], whole: bool) -> str:
        return text(bytes(numbers), whole)

    def spec(self) -> dict[str, Any]:
        return {"tokens": self.kind}


class Words:
    """Word-pieces: bytes, and what they are most often joined to.

    Reference:
        Sennrich, Haddow and Birch (2016), Neural machine translation of rare words with subword units.
        https://arxiv.org/abs/1508.07909

    Arguments:
        content: The tokeniser, as JSON: byte-level pairs, nothing else.

    Raises:
        DataError: If it is too large or something else.
        JamjaeError: Without the package of the extra `text`.
    """

    kind: ClassVar[str] = "words"
    longest = LONGEST

    def __init__(self, content: str) -> None:
        checked(content)
        self.content = content
        self.inner = library().Tokenizer.from_str(content)
        self.count = int(self.inner.get_vocab_size())
        self.pieces = [self.inner.id_to_token(n) for n in range(self.count)]
        self.bytes = {c: b for b, c in alphabet().items()}

    @classmethod
    def learned(cls, sentences: Iterable[str], vocabulary: int) -> Self:
        """Pieces of these sentences, at most so many."""
        rule = "`vocabulary` must be at least 256: every byte is a piece"
        require(vocabulary >= 256, rule, vocabulary, "Pass vocabulary=2000.")
        tokenizers = library()
        inner = tokenizers.Tokenizer(tokenizers.models.BPE())
        level = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
        inner.pre_tokenizer, inner.decoder = level, tokenizers.decoders.ByteLevel()
        trainer = tokenizers.trainers.BpeTrainer(
            vocab_size=vocabulary,
            initial_alphabet=level.alphabet(),
            max_token_length=LONGEST,
            show_progress=False,
        )
        inner.train_from_iterator(sentences, trainer)
        return cls(inner.to_str())

    def encode(self, sentences: list[str]) -> list[list[int]]:
        return [one.ids for one in self.inner.encode_batch(sentences)]

    def decode(self, numbers: Sequence[int], whole: bool) -> str:
        # From the pieces themselves: the library's own decoder joins broken characters in its own way.
        return text(bytes(self.bytes[c] for n in numbers for c in self.pieces[n]), whole)

    def spec(self) -> dict[str, Any]:
        return {"tokens": self.kind, "tokeniser": self.content}


def text(content: bytes, whole: bool) -> str:
    """Bytes as text, with a mark for what is no UTF-8; of a text that goes on, a broken end is left out."""
    return codecs.getincrementaldecoder("utf-8")("replace").decode(content, final=whole)


def alphabet() -> dict[int, str]:
    """The printable character that stands for each byte in byte-level pieces.

    Reference:
        Radford et al. (2019), Language models are unsupervised multitask learners (the released code).

    Example:
        >>> len(alphabet()), alphabet()[32], alphabet()[97]
        (256, 'Ġ', 'a')
    """
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + n) for n, b in enumerate(others)}


def checked(content: str) -> None:
    """Refuse a tokeniser that is too large, or more than byte-level pairs.

    Raises:
        DataError: With what is wrong.
    """
    if not isinstance(content, str) or len(content) > LARGEST:
        raise DataError(f"the tokeniser of the spec must be a text of at most {LARGEST:,} characters.")
    try:
        found = json.loads(content)
        kinds = [found[part]["type"] for part in ("model", "pre_tokenizer", "decoder")]
        extra = [key for key in KEYS if key not in ("decoder", "model", "pre_tokenizer") and found.get(key)]
        made_of = set("".join(found["model"]["vocab"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"the tokeniser of the spec is no JSON of a tokeniser ({error!r}).") from None
    if kinds != ["BPE", "ByteLevel", "ByteLevel"] or extra or not made_of <= set(alphabet().values()):
        raise DataError("the tokeniser of the spec is not one of byte-level pairs, the only kind there is.")


def library() -> Any:
    """The package `tokenizers`.

    Raises:
        JamjaeError: If it is not installed.
    """
    try:
        import tokenizers
    except ImportError:
        raise JamjaeError(
            "word-pieces need the extra `text`: pip install 'jamjae[text]', or pass tokens=bytes"
        ) from None
    return tokenizers
