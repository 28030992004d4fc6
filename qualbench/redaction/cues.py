"""Cues for what identifies people indirectly: occupation, faith, nationality, language, diagnosis, rarity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualbench.redaction.kinds import INDIRECT
from qualbench.redaction.patterns import POSSIBLE, Suggestion

_NATIONS = (
    "Polish|Romanian|Nigerian|Pakistani|Indian|Bangladeshi|Somali|Eritrean|Ethiopian|Sudanese|Ghanaian|"
    "Kenyan|Irish|Welsh|"
    "Ukrainian|Russian|Lithuanian|Latvian|Bulgarian|Albanian|Kosovan|Slovak(?:ian)?|Czech|Hungarian|"
    "Portuguese|Spanish|Italian|"
    "French|German|Greek|Turkish|Kurdish|Iranian|Persian|Iraqi|Syrian|Afghan|Chinese|Vietnamese|"
    "Filipino|Filipina|Thai|Tamil|"
    "Punjabi|Gujarati|Bengali|Urdu|Hindi|Arabic|Yoruba|Igbo|Hausa|Twi|Swahili|Farsi|Dari|Pashto|"
    "Tigrinya|Amharic|Lingala|"
    "Jamaican|Caribbean|African|Brazilian|Colombian|Congolese|Zimbabwean|Ugandan|Gambian|Roma|Traveller|"
    "Gaelic|Pole"
)
_FAITHS = (
    "Muslim|Sikh|Hindu|Jewish|Buddhist|Catholic|Protestant|Pentecostal|Baptist|Methodist|Presbyterian|"
    "Orthodox|Quaker|Mormon|"
    "Jehovah['’]s Witness(?:es)?|Rastafarian|Free Church|Church of Scotland|Wee Free|Rangers|Celtic"
)
_CONDITIONS = (
    r"cystic fibrosis|sickle cell|Down['’]?s syndrome|spina bifida|cerebral palsy|epilep\w+|schizo\w+|"
    r"bipolar|psychosis|"
    r"Prader[- ]Willi|Fragile X|Tourette\w*|Huntington\w*|muscular dystrophy|Crohn\w*|lupus|"
    r"multiple sclerosis|leuk\w+|"
    r"haemophilia|cleft (?:lip|palate)|hydrocephal\w+|microcephaly|fetal alcohol|FASD|"
    r"f(?:o)?etal alcohol spectrum disorder|PTSD|methadone(?: withdrawal)?|ADHD|autis\w+|HIV|hepatitis|"
    r"postpartum psychosis|"
    r"puerperal psychosis|gastroschisis|hip dysplasia|Hirschsprung\w*|phenylketonuria|PKU|narcolepsy|"
    r"deaf|blind|amputee"
)
_JOBS = (
    r"pilot|piper|vet|dentist|undertaker|lighthouse \w+|piano tuner|fisherman|trawler\w*|jockey|imam|"
    r"priest|minister|pastor|rabbi|nun|"
    r"sheriff|judge|barrister|councillor|MSP|MP|footballer|boxer|wrestler|ballet dancer|violinist|"
    r"cellist|organist|luthier|"
    r"falconer|gamekeeper|farrier|blacksmith|thatcher|bookbinder|taxidermist|locksmith|embalmer|"
    r"gravedigger|lollipop (?:man|lady)|"
    r"tram driver|train driver|crane driver|oil rig\w*|offshore|submarin\w+|soldier|squaddie|marine|"
    r"sniper|prison officer|"
    r"firefighter|fireman|coastguard|lifeboat\w*|mountain rescue|stonemason|steeplejack|welder|"
    r"shipyard\w*|whisky|distillery"
)
_RARE = re.compile(
    r"\bthe only (?:[\w'’-]+ ){1,6}(?:in|on|at|from|round|there|here|of)\b(?: (?:the |my |"
    r"our )?[\w'’-]+){0,3}|"
    r"\b(?:twins|triplets|quads|quadruplets|quintuplets)\b|\b(?:all |wi |with |have |had |got )?(?:six|"
    r"seven|eight|nine|ten|"
    r"eleven|twelve) (?:kids|weans|children|brothers|sisters|placements|foster placements)\b",
    re.IGNORECASE,
)
_WORDS = (
    ("a nationality or language", re.compile(rf"\b(?:{_NATIONS})\b")),
    ("a faith", re.compile(rf"\b(?:{_FAITHS})\b")),
    ("a diagnosis", re.compile(rf"\b(?:{_CONDITIONS})\b", re.IGNORECASE)),
    (
        "an occupation",
        re.compile(rf"\b(?:a|an|the|as|retired|trainee|my|her|his) (?:{_JOBS})\b", re.IGNORECASE),
    ),
    ("something rare", _RARE),
)


def find_cues(text: str) -> Iterator[Suggestion]:
    """Find words that may identify somebody together with others; they are reviewed apart."""
    for what, pattern in _WORDS:
        for match in pattern.finditer(text):
            yield Suggestion(*match.span(), INDIRECT, POSSIBLE, "cue", what)
