"""Korean particles: which of two forms follows a word depends on its last sound."""

NONE, L, OTHER = 0, 8, 1  # no final consonant; the final consonant of 일; any other
HANGUL, FINALS = ord("가"), 28
# How the names of digits and letters end: 영 일 이 삼 사 오 육 칠 팔 구; 엘 알 엠 엔, and openly all others.
DIGITS = dict(zip("0123456789", (OTHER, L, NONE, OTHER, NONE, NONE, OTHER, L, L, NONE), strict=True))
LETTERS = {"l": L, "r": L, "m": OTHER, "n": OTHER}
CLOSERS = " ”’\"'.,"


def final(word: str) -> int:
    """How a word ends when it is read in Korean: 0 openly, 8 in ㄹ, otherwise in another consonant.

    What stands in brackets at its end is passed over: 증거 하한(ELBO) ends as 한 does.

    Example:
        >>> [final(word) for word in ("코드", "축", "예시 7", "증거 하한(ELBO)", "VAE", "95 %")]
        [0, 1, 8, 4, 0, 0]
    """
    word = word.rstrip(CLOSERS)
    while word.endswith(")") and "(" in word[1:]:
        word = word[: word.rindex("(")].rstrip(CLOSERS)
    last = word[-1:].lower()
    if "가" <= last <= "힣":
        return (ord(last) - HANGUL) % FINALS
    return DIGITS.get(last, LETTERS.get(last, NONE))


def with_particle(word: str, forms: str) -> str:
    """The word with the one of the two forms (after a consonant / openly) that belongs to it.

    Example:
        >>> with_particle("코드", "은/는"), with_particle("축", "은/는"), with_particle("7", "으로/로")
        ('코드는', '축은', '7로')
    """
    closed, open_ = forms.split("/")
    end = final(word)
    return word + (open_ if end == NONE or (end == L and closed == "으로") else closed)
