"""Which clauses of one document are which of the other.

Passes, each on what the one before left over: the same words in the same order (anchors); table rows about
the same entity; the same words elsewhere (moves); between two anchors, clauses that share runs of words (edits,
splits, merges, reflowed paragraphs); and anywhere, clauses that share rare words (rewritten and moved ones).
No pass depends on a clock: their cost is bounded by the size of a gap and the number of candidates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, LCSseq

from monitor.comparison.anchors import Pair, anchors
from monitor.comparison.normal import canonical, tokens
from monitor.comparison.numbering import COUNTS
from monitor.model import Clause

_LARGEST_GAP = 40_000_000
"""Tokens before x tokens after that are aligned word by word: 5 MB and some ten milliseconds."""
_SHORTEST_RUN = 3
"""Words in a row that tie two clauses together; fewer are found by chance."""
_COMMON = 40
"""A word in more clauses than this says nothing about which is which."""
_CANDIDATES = 6
_NEAR, _FAR = 0.45, 0.6
"""Similarity that makes two clauses one: between the same anchors, and anywhere."""
_REORDERED, _ALONE = 0.55, 0.45
"""Share of words in common, in any order, that makes two clauses one: between the same anchors, and where nothing else
stands between them."""
_ROOT = 4
"""Letters by which forms and spellings of a word are taken for one."""
_EXPLAINED, _REFLOWED = 0.9, 0.75
"""If pairs, splits and merges explain less than this share of the common words, and these are this share of
all, the borders between clauses were drawn anew."""
_MENU = 3
"""Clauses that are nothing but links, between two anchors, from which on they make a menu."""
_SHORT = 6
"""Words of a clause too short for similarity to mean anything: its place decides."""


@dataclass(frozen=True, slots=True)
class Block:
    """Clauses that are the same clause: positions in both documents; either side may be empty."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False


def align(before: Sequence[Clause], after: Sequence[Clause]) -> list[Block]:
    """Every clause of both documents in exactly one block, in reading order."""
    return _Alignment(before, after).blocks()


class _Alignment:
    """The clauses that are still free, and the blocks found so far."""

    def __init__(self, before: Sequence[Clause], after: Sequence[Clause]) -> None:
        self.before, self.after = before, after
        same = {clause.text for clause in before} & {clause.text for clause in after}
        # The words of clauses that stand letter for letter in both need not be looked at. An entry of a table of
        # contents is not the heading that it names.
        self.keys_left, self.keys_right = (
            [(clause.text if clause.text in same else tokens(clause.text), clause.linked) for clause in side]
            for side in (before, after)
        )
        self.free_left, self.free_right = dict.fromkeys(range(len(before))), dict.fromkeys(range(len(after)))
        self.found: list[Block] = []

    def blocks(self) -> list[Block]:
        standing = anchors(self.keys_left, self.keys_right)
        self._take(standing)
        self._take(self._recurring(lambda clause: (clause.path, entity(clause)) if clause.cells else None))
        self._take(self._recurring(lambda clause: entity(clause) or None))
        self._take(self._elsewhere(), moved=True)
        borders = [i for i, _ in standing], [j for _, j in standing]
        left, right = _Lazy(self.before), _Lazy(self.after)
        for rows, columns in _gaps(borders, self.free_left, self.free_right):
            rows, columns = _without_menus(self.before, rows), _without_menus(self.after, columns)
            for block in within(left, right, rows, columns):
                if self._compatible(block):
                    self._add(block)
        alike = similar(left, right, list(self.free_left), list(self.free_right), borders)
        self._take(pair for pair in alike if self._compatible(Block((pair[0],), (pair[1],))))
        self._take(self._lonely(borders))
        self.found += [Block((i,), ()) for i in self.free_left]
        self.found += [Block((), (j,)) for j in self.free_right]
        return _reading_order(self.found)

    def _take(self, pairs: Iterable[Pair], *, moved: bool = False) -> None:
        for i, j in pairs:
            self._add(Block((i,), (j,), moved))

    def _add(self, block: Block) -> None:
        self.found.append(block)
        for i in block.before:
            del self.free_left[i]
        for j in block.after:
            del self.free_right[j]

    def _recurring(self, name: Callable[[Clause], Hashable]) -> list[Pair]:
        """Free clauses whose name occurs once on either side."""
        names_left = {i: found for i in self.free_left if (found := name(self.before[i]))}
        names_right = {j: found for j in self.free_right if (found := name(self.after[j]))}
        often_left, often_right = Counter(names_left.values()), Counter(names_right.values())
        place = {found: j for j, found in names_right.items() if often_right[found] == 1}
        return [
            (i, place[found]) for i, found in names_left.items() if often_left[found] == 1 and found in place
        ]

    def _elsewhere(self) -> list[Pair]:
        """The same words at another place; of words that occur often, the n-th with the n-th."""
        places: dict[Hashable, list[int]] = defaultdict(list)
        for j in self.free_right:
            places[self.keys_right[j]].append(j)
        pairs = []
        for i in self.free_left:
            queue = places.get(self.keys_left[i])
            if queue:
                pairs.append((i, queue.pop(0)))
        return pairs

    def _compatible(self, block: Block) -> bool:
        """Rows about different entities are no versions of each other, however much else they share."""
        names = {entity(self.before[i]) for i in block.before}, {entity(self.after[j]) for j in block.after}
        return all(
            not one or not two or Indel.normalized_similarity(one, two) >= _FAR
            for one in names[0]
            for two in names[1]
        )

    def _lonely(self, borders: tuple[Sequence[int], Sequence[int]]) -> list[Pair]:
        """A clause replaced by another of its kind that is short or like it, with nothing else between the anchors."""
        return [
            (rows[0], columns[0])
            for rows, columns in _gaps(borders, self.free_left, self.free_right)
            if len(rows) == len(columns) == 1
            and self._compatible(Block((rows[0],), (columns[0],)))
            and self.before[rows[0]].kind == self.after[columns[0]].kind
            and _replaced(tokens(self.before[rows[0]].text), tokens(self.after[columns[0]].text))
        ]


class _Lazy:
    """The words of clauses, looked up when asked for."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = clauses

    def __getitem__(self, position: int) -> tuple[str, ...]:
        return tokens(self.clauses[position].text)


def entity(clause: Clause) -> str:
    """What a row is about: its first cell in canonical form; empty for anything but rows."""
    return canonical(clause.cells[0][1]) if clause.cells else ""


def _gaps(
    borders: tuple[Sequence[int], Sequence[int]], left: Iterable[int], right: Iterable[int]
) -> list[tuple[list[int], list[int]]]:
    """Free clauses between neighbouring anchors, where both sides have some."""
    gaps: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, positions in enumerate((left, right)):
        for position in positions:
            gaps[bisect_left(borders[side], position)][side].append(position)
    return [gaps[number] for number in sorted(gaps) if all(gaps[number])]


def _without_menus(clauses: Sequence[Clause], positions: list[int]) -> list[int]:
    """The running text: menus repeat the words of headings, in order, and would be taken for them."""
    prose = [position for position in positions if not clauses[position].linked]
    return prose if len(positions) - len(prose) >= _MENU else positions


def within(left: _Lazy, right: _Lazy, rows: Sequence[int], columns: Sequence[int]) -> list[Block]:
    """Blocks among the clauses of one gap, by the runs of words that they share."""
    stream_left, owner_left = _stream(left, rows)
    stream_right, owner_right = _stream(right, columns)
    regrouped = len(rows) != len(columns) and _unnumbered(stream_left) == _unnumbered(stream_right)
    if regrouped or stream_left == stream_right:
        return [Block(tuple(rows), tuple(columns))] if stream_left and stream_right else []
    if len(stream_left) * len(stream_right) > _LARGEST_GAP:
        return []
    shared: Counter[Pair] = Counter()
    for op in LCSseq.opcodes(stream_left, stream_right):
        if op.tag == "equal" and op.src_end - op.src_start >= _SHORTEST_RUN:
            ends = owner_left[op.src_start : op.src_end], owner_right[op.dest_start : op.dest_end]
            shared.update(zip(*ends, strict=True))
    partners: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(shared):
        partners[i].append(j)
    chains = _components(sorted(shared))
    return [block for chain in chains for block in _read(chain, left, right, shared, partners)]


def _read(
    chain: Block, left: _Lazy, right: _Lazy, shared: Mapping[Pair, int], partners: Mapping[int, Sequence[int]]
) -> list[Block]:
    """Clauses that hang together by shared runs: pairs, splits and merges, or all of it one reflowed text."""
    common = {(i, j): shared[i, j] for i in chain.before for j in partners[i]}
    links = [
        pair for pair, words in common.items() if words * 2 >= min(len(left[pair[0]]), len(right[pair[1]]))
    ]
    links.sort(key=lambda pair: (-common[pair], pair))
    best_left: dict[int, Pair] = {}
    best_right: dict[int, Pair] = {}
    for pair in links:
        best_left.setdefault(pair[0], pair)
        best_right.setdefault(pair[1], pair)
    strong = _components(sorted({*best_left.values(), *best_right.values()}))
    blocks = [part for block in strong for part in _plausible(block, common, partners)]
    explained = sum(words for block in blocks for pair, words in _within_block(block, common, partners))
    total = sum(common.values())
    longer = max(sum(len(left[i]) for i in chain.before), sum(len(right[j]) for j in chain.after))
    if explained < _EXPLAINED * total and total >= _REFLOWED * longer:
        return [chain]
    return blocks


def _unnumbered(stream: Sequence[str]) -> list[str]:
    """The words of a stream without what may be labels of a list: a list that got other labels is one block."""
    return [word for word in stream if word not in _LABELS]


_LABELS = frozenset(label for form in COUNTS for label in form) | {"©"}
"""In canonical form "(c)" is a copyright sign."""


def _stream(words: _Lazy, positions: Sequence[int]) -> tuple[list[str], list[int]]:
    stream: list[str] = []
    owner: list[int] = []
    for position in positions:
        stream += words[position]
        owner += [position] * len(words[position])
    return stream, owner


def _components(links: Sequence[Pair]) -> list[Block]:
    """Clauses joined by links (sorted), directly or through others."""
    root: dict[Pair, Pair] = {}

    def find(node: Pair) -> Pair:
        while root.setdefault(node, node) != node:
            root[node] = node = root[root[node]]
        return node

    for i, j in links:
        root[find((1, j))] = find((0, i))
    members: dict[Pair, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for i, j in links:
        group = members[find((0, i))]
        group[0].add(i)
        group[1].add(j)
    return [Block(tuple(sorted(lefts)), tuple(sorted(rights))) for lefts, rights in members.values()]


def _plausible(
    block: Block, common: Mapping[Pair, int], partners: Mapping[int, Sequence[int]]
) -> list[Block]:
    """The block itself if it is one clause, a split or a merge; else its best pairs."""
    if min(len(block.before), len(block.after)) == 1:
        return [block]
    inside = sorted(_within_block(block, common, partners), key=lambda tie: (-tie[1], tie[0]))
    return [Block((i,), (j,)) for i, j in _matched(pair for pair, _ in inside)]


def _within_block(
    block: Block, common: Mapping[Pair, int], partners: Mapping[int, Sequence[int]]
) -> list[tuple[Pair, int]]:
    after = set(block.after)
    return [((i, j), common[i, j]) for i in block.before for j in partners[i] if j in after]


def similar(
    left: _Lazy,
    right: _Lazy,
    rows: Sequence[int],
    columns: Sequence[int],
    borders: tuple[Sequence[int], Sequence[int]],
) -> list[Pair]:
    """Of the clauses left over, those that resemble each other most, each at most once."""
    holders: dict[str, list[int]] = defaultdict(list)
    for j in columns:
        for word in dict.fromkeys(right[j]):
            holders[word].append(j)
    scored = []
    for i in rows:
        gap = bisect_left(borders[0], i)
        votes: Counter[int] = Counter()
        for word in dict.fromkeys(left[i]):
            found = holders.get(word, ())
            if len(found) <= _COMMON:
                votes.update(found)
        for j, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))[:_CANDIDATES]:
            near = bisect_left(borders[1], j) == gap
            score = Indel.normalized_similarity(left[i], right[j])
            if near and score < _NEAR and in_common(left[i], right[j]) >= _REORDERED:
                score = _NEAR
            if score >= (_NEAR if near else _FAR):
                scored.append((-score, not near, abs(i - j), i, j))
    return _matched([(i, j) for *_, i, j in sorted(scored)])


def _replaced(one: Sequence[str], other: Sequence[str]) -> bool:
    return max(len(one), len(other)) <= _SHORT or in_common(one, other) >= _ALONE


def in_common(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the words of two texts that both have, whatever their order and endings."""
    roots = Counter(word[:_ROOT] for word in one), Counter(word[:_ROOT] for word in other)
    return 2 * (roots[0] & roots[1]).total() / max(len(one) + len(other), 1)


def _matched(pairs: Iterable[Pair]) -> list[Pair]:
    """The first pair of each clause, best first."""
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    chosen = []
    for i, j in pairs:
        if i not in taken_left and j not in taken_right:
            chosen.append((i, j))
            taken_left.add(i)
            taken_right.add(j)
    return chosen


def _reading_order(blocks: Iterable[Block]) -> list[Block]:
    """By place in the later document; what is gone stands behind what preceded it."""
    placed: list[tuple[int, int, Block]] = []
    last = -1
    for block in sorted(blocks, key=lambda block: block.before or (-1,)):
        if not block.after:
            placed.append((last, block.before[0], block))
            continue
        placed.append((block.after[0], -1, block))
        if block.before and not block.moved:
            last = max(last, block.after[0])
    return [block for *_, block in sorted(placed, key=lambda place: place[:2])]
