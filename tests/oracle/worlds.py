"""Random cities from a seed: the same seed gives the same city for ever, whatever the hash seed.

Readings stay inside what rules.md settles; `contested=True` adds what it leaves open (README.md names each case).
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from random import Random

from tests.oracle.model import Area, Link, Revision, Target, Version, World, newest_by_id
from tests.oracle.periods import Period

CITY = "380-202501"
OPENING = date(2025, 1, 1)
COMPONENTS, PLAIN, FLAG = "components", "plain", "flag"
# measure, rollup, how a ward's row looks
KINDS = (
    ("ratio", "ratio_of_sums", COMPONENTS),
    ("ratio", "ratio_of_sums", COMPONENTS),
    ("ratio", "share_reaching", COMPONENTS),
    ("ratio", "share_reaching", PLAIN),
    ("ratio", "mean", COMPONENTS),
    ("ratio", "mean", PLAIN),
    ("ratio", "weighted_mean", PLAIN),
    ("ratio", "min", PLAIN),
    ("ratio", "max", COMPONENTS),
    ("ratio", "none", PLAIN),
    ("count", "sum", PLAIN),
    ("count", "sum", PLAIN),
    ("count", "mean", PLAIN),
    ("count", "min", PLAIN),
    ("count", "max", PLAIN),
    ("count", "share_reaching", PLAIN),
    ("count", "none", PLAIN),
    ("amount", "sum", PLAIN),
    ("amount", "weighted_mean", PLAIN),
    ("amount", "mean", PLAIN),
    ("flag", "share_reaching", FLAG),
    ("flag", "share_reaching", FLAG),
    ("flag", "none", FLAG),
)
UNITS = {"ratio": "PT", "count": "NUMBER", "amount": "VND", "flag": "BOOL"}
# Definitions may move inside a row without making old rows unreadable.
KIN = ({"sum", "mean", "min", "max"}, {"ratio_of_sums", "mean", "min", "max"})


@dataclass
class Builder:
    """A city on its way through time; every `turn` is one transaction, one seq, one instant."""

    random: Random
    contested: bool
    at: datetime
    seq: int = 1
    instants: dict[int, datetime] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    live: dict[tuple[str, str, Period], Revision] = field(default_factory=dict)
    looks: dict[str, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    retired: list[tuple[int, str]] = field(default_factory=list)
    restored: list[tuple[int, str]] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    @property
    def places(self) -> dict[str, Area]:
        """The areas as they stand now."""
        return {area.id: area for area in newest_by_id(self.areas, self.seq).values() if area.standing}

    @property
    def today(self) -> date:
        return (self.at + timedelta(hours=7)).date()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def turn(self) -> None:
        self.seq += 1
        self.at += timedelta(minutes=self.random.randint(1, 90))
        self.instants[self.seq] = self.at

    def undo_turn(self) -> None:
        del self.instants[self.seq]
        self.seq -= 1

    def send(self, rows: list[Revision]) -> None:
        """One submission: rows that say nothing new are left out, and an empty one is not sent."""
        self.turn()
        fresh: list[Revision] = []
        for row in [replace(row, seq=self.seq) for row in rows]:
            key = (row.indicator, row.area, row.period)
            same = key in self.live and replace(self.live[key], seq=self.seq) == row
            absent = row.withdrawn and (key not in self.live or self.live[key].withdrawn)
            if not same and not absent and all((r.indicator, r.area, r.period) != key for r in fresh):
                fresh.append(row)
                self.live[key] = row
        self.revisions += fresh
        if not fresh:
            self.undo_turn()

    def world(self) -> World:
        return World(
            CITY,
            dict(self.instants),
            tuple(self.areas),
            tuple(self.versions),
            tuple(self.targets),
            tuple(self.revisions),
            tuple(self.links),
            tuple(self.retired),
            tuple(self.restored),
        )


def found_areas(build: Builder, count: int, months: int) -> None:
    """The city and its communes; some end inside the span, some begin, and a code may come back."""
    build.areas.append(Area(CITY, "380", "city", None, OPENING))
    for index in range(count):
        code = str(14758 + 3 * index)
        end = start = None
        if months > 1 and build.chance(0.15):
            end = Period("M", 2025, 1).step(build.random.randint(1, months)).first
        elif months > 1 and build.chance(0.12):
            start = Period("M", 2025, 1).step(build.random.randint(1, months)).first
        begun = start or OPENING
        build.areas.append(Area(f"{code}-{begun:%Y%m}", code, "commune", CITY, begun, end))
        if end and build.chance(0.5):
            build.areas.append(Area(f"{code}-{end:%Y%m}", code, "commune", CITY, end))


def define(build: Builder, code: str, kind: tuple[str, str, str]) -> Version:
    """A first definition of the kind, with random habits."""
    random = build.random
    measure, rollup, look = kind
    steady = look == FLAG or (look == PLAIN and measure == "ratio")
    over_time = "latest" if steady or build.chance(0.5) else random.choice(["sum", "mean"])
    criterion = None
    if rollup == "share_reaching" and measure != "flag":
        threshold = Fraction(random.choice([50, 60, 80])) if measure == "ratio" else Fraction(random.randint(2, 8))
        criterion = (random.choice(["ge", "gt", "le"]), threshold)
    version = Version(
        code,
        measure,
        rollup,
        over_time=over_time,
        frequency=random.choice("MMMMQQSA"),
        level="city" if rollup == "none" else "commune",
        unit=UNITS[measure],
        decimals=random.randint(0, 3),
        direction=random.choice(["up", "up", "down"]),
        carry_forward=random.choice([0, 1, 2, 3, 6, 12, 12]) if over_time == "latest" else random.choice([0, 12]),
        min_coverage=random.choice([Fraction(4, 5)] * 3 + [Fraction(1, 2), Fraction(1), Fraction(9, 10)]),
        criterion=criterion,
        valid_from=OPENING,
    )
    build.versions.append(version)
    build.looks[code] = look
    return version


def define_all(build: Builder, count: int) -> None:
    weight = define(build, "people", ("count", "sum", PLAIN))
    build.versions[-1] = replace(weight, over_time="latest", frequency=build.random.choice("MMMQ"), decimals=0)
    for index in range(count):
        version = define(build, f"i{index}", build.random.choice(KINDS))
        if version.rollup == "weighted_mean":
            build.versions[-1] = replace(version, weight="people")


def redefine(build: Builder) -> None:
    """A new version of one indicator, from a day that need not be a first of the month, known only now."""
    random = build.random
    old = random.choice(build.versions)
    if any(version.indicator == old.indicator and version.seq > 1 for version in build.versions):
        return
    changed = replace(old, min_coverage=random.choice([Fraction(4, 5), Fraction(2, 5), Fraction(1)]))
    if old.over_time == "latest":
        changed = replace(changed, carry_forward=random.choice([0, 1, 2, 4, 12]))
    if old.criterion:
        changed = replace(changed, criterion=(random.choice(["ge", "lt"]), old.criterion[1] + random.randint(-1, 1)))
    kin = [family for family in KIN if old.rollup in family and (old.measure == "ratio") == ("ratio_of_sums" in family)]
    if kin and build.looks[old.indicator] == (COMPONENTS if old.measure == "ratio" else PLAIN):
        changed = replace(changed, rollup=random.choice(sorted(kin[0])))
    build.turn()
    day = build.today - timedelta(days=random.randint(-40, 90))
    build.versions.append(replace(changed, valid_from=max(day, OPENING + timedelta(days=1)), seq=build.seq))


def aim(build: Builder, index: int) -> Target:
    random = build.random
    version = random.choice(build.versions)
    scale = 100 if version.measure == "ratio" or version.rollup == "share_reaching" else 12
    due = Period("M", 2025, 3).step(random.randint(0, 30)).last
    baseline = None
    if build.chance(0.4):
        baseline = (Fraction(random.randint(0, scale * 10), 10), OPENING + timedelta(days=random.randint(0, 120)))
    return Target(
        f"t{index:02}", version.indicator, random.choice(["gt", "ge", "ge", "eq", "le", "lt"]),
        Fraction(random.randint(1, scale)), due, random.choice(["city", "city", "district", "commune"]),
        None, baseline, seq=build.seq,
    )  # fmt: skip


def number(build: Builder, measure: str) -> Fraction:
    """Small grids, so that ties and values exactly on a threshold happen."""
    random = build.random
    if measure == "flag":
        return Fraction(random.randint(0, 1))
    if measure == "count":
        return Fraction(random.randint(0, 9))
    if measure == "ratio":
        return Fraction(random.choice([0, 50, 60, 80, 100, random.randint(0, 10000)])) / random.choice([1, 1, 100])
    return Fraction(random.randint(0, 10 ** random.randint(1, 9)), 1000)


def components(build: Builder, *, empty: float) -> tuple[Fraction, Fraction]:
    random = build.random
    under = 0 if build.chance(empty) else random.choice([1, 2, 5, 10, 47, random.randint(1, 9999)])
    return Fraction(random.randint(0, under)), Fraction(under)


def ward_row(build: Builder, version: Version, area: str, period: Period) -> Revision:
    cell = Revision(build.seq, version.indicator, area, period)
    if build.chance(0.05):
        return replace(cell, status=build.random.choice("MQ"))
    if build.looks[version.indicator] == COMPONENTS:
        over, under = components(build, empty=0.05)
        return replace(cell, numerator=over, denominator=under)
    bound = version.measure != "flag" and version.indicator != "people" and build.chance(0.06)
    qualifier = build.random.choice(["gt", "ge", "ge", "gt", "le", "lt"]) if bound else "eq"
    return replace(cell, value=number(build, version.measure), qualifier=qualifier)


def city_row(build: Builder, version: Version, period: Period) -> Revision | None:
    """What the city itself says, for 380: a value, or for shares and ratios also its components."""
    cell = Revision(build.seq, version.indicator, CITY, period)
    if build.contested and build.chance(0.1):
        return replace(cell, status=build.random.choice("MQ"))
    shares = version.rollup == "share_reaching"
    if shares and version.over_time != "latest":
        return None
    parts = build.looks[version.indicator] == COMPONENTS and (version.over_time != "latest" or build.chance(0.5))
    if parts or (shares and build.chance(0.7)):
        over, under = components(build, empty=0)
        return replace(cell, numerator=over, denominator=under)
    measure = "ratio" if shares else version.measure
    bound = measure != "flag" and build.chance(0.15)
    qualifier = build.random.choice(["gt", "ge", "le"]) if bound else "eq"
    return replace(cell, value=number(build, measure), qualifier=qualifier)


def ripe(build: Builder, version: Version, back: int) -> Period:
    """An own period that has begun, `back` steps before the newest such."""
    return Period.containing(build.today, version.frequency).step(-back)


def ward_reports(build: Builder, area: Area, diligence: float) -> None:
    rows = []
    for version in build.versions:
        period = ripe(build, version, build.random.choice([0, 1, 1, 1, 2, 5]))
        first_known = version.level == "commune" and version.seq == 1 and version.indicator not in build.away
        if first_known and area.valid_on(period.last) and build.chance(diligence):
            rows.append(ward_row(build, version, area.id, period))
    if rows:
        build.send(rows)


def city_reports(build: Builder, talkative: float) -> None:
    rows = []
    for version in build.versions:
        period = ripe(build, version, build.random.choice([0, 1, 1, 2, 4]))
        habit = 0.9 if version.rollup == "none" else talkative
        if version.seq != 1 or version.indicator in build.away:
            continue
        if period.first >= OPENING and build.chance(habit):
            rows.append(city_row(build, version, period))
    if any(rows):
        build.send([row for row in rows if row])


def correct(build: Builder) -> None:
    """A correction or a withdrawal of some cell; a withdrawn one may come back."""
    places = build.places
    stands = {i: area.valid_on for i, area in places.items()}
    keys = [key for key in build.live if key[0] not in build.away and key[1] in stands and stands[key[1]](key[2].last)]
    keys.sort(key=lambda key: (key[0], key[1], key[2].end))
    if not keys:
        return
    indicator, area, period = build.random.choice(keys)
    version = next(version for version in build.versions if version.indicator == indicator)
    if build.chance(0.4):
        build.send([replace(build.live[indicator, area, period], withdrawn=True)])
        return
    row = city_row(build, version, period) if area == CITY else ward_row(build, version, area, period)
    if row:
        build.send([row])


def registry_turn(build: Builder) -> None:
    if build.chance(0.06):
        redefine(build)
    if build.chance(0.05):
        build.turn()
        build.targets.append(aim(build, len(build.targets)))
    if build.targets and build.chance(0.04):
        build.turn()
        old = build.random.choice(build.targets)
        moved = replace(old, seq=build.seq, value=old.value + 1, active=build.chance(0.8))
        if not any(target.id == old.id and not target.active for target in build.targets):
            build.targets.append(moved)
        else:
            build.undo_turn()
    if build.chance(0.04):
        retire_or_restore(build)


def retire_or_restore(build: Builder) -> None:
    """An indicator goes out of use, or one that had gone comes back; what others weigh with stays."""
    build.turn()
    if build.away and build.chance(0.6):
        code = build.random.choice(sorted(build.away))
        build.away.remove(code)
        build.restored.append((build.seq, code))
        return
    code = build.random.choice([version.indicator for version in build.versions])
    if code == "people" or code in build.away:
        build.undo_turn()
        return
    build.away.add(code)
    build.retired.append((build.seq, code))


# --- area changes (rules.md 1) ----------------------------------------------------------------------------------------


def reorganise(build: Builder) -> None:
    """One area change: merges, splits, renames and recodes of one day, often known late, sometimes ahead."""
    random = build.random
    day = build.today + timedelta(days=random.randint(-120, 40))
    if build.chance(0.7):
        day = day.replace(day=1)
    places = build.places
    announced = sorted({area.valid_to for area in places.values() if area.valid_to})
    if announced and build.chance(0.3):
        day = random.choice(announced)
    standing = [link for link in newest_by_id(build.links, build.seq).values() if link.standing]
    if day <= OPENING + timedelta(days=20) or any(link.day == day for link in standing):
        return
    spoken = {key[1] for key, sent in build.live.items() if not sent.withdrawn and key[2].last >= day}
    free = [
        area for area in places.values()
        if area.level == "commune" and area.valid_on(day - timedelta(days=1)) and area.id not in spoken
        if area.valid_to in (None, day)
    ]  # fmt: skip
    random.shuffle(free)
    fresh = iter(code for code in range(21000, 99999, 3) if all(area.code != str(code) for area in places.values()))
    build.turn()
    begun: dict[str, Area] = {}
    arrows: list[Link] = []
    while free and (not arrows or build.chance(0.4)):
        olds, count = [free.pop()], 1
        way = random.choice(["merge", "merge", "split", "part", "rename", "recode"])
        if way == "merge":
            olds += [free.pop() for _ in range(min(len(free), random.randint(1, 2)))]
        if way in {"split", "part"}:
            count = 2
        keeps = way == "rename" or build.chance(0.3)
        news = []
        for number in range(count):
            code = olds[0].code if keeps and not number else str(next(fresh))
            new = Area(f"{code}-{day:%Y%m}", code, "commune", CITY, day, seq=build.seq)
            if new.id in places or new.id in begun:
                code = str(next(fresh))
                new = replace(new, id=f"{code}-{day:%Y%m}", code=code)
            begun[new.id] = new
            news.append(new)
        arrows += [
            Link(old.id, new.id, "part" if count > 1 else "whole", day, build.seq) for old in olds for new in news
        ]
        if way == "part" and free:
            arrows.append(Link(free.pop().id, news[0].id, "whole", day, build.seq))
    if not arrows:
        build.undo_turn()
        return
    if build.chance(0.2):
        arrows.append(Link("15853", random.choice(sorted(begun)), None, day, build.seq))
    ended = {link.old for link in arrows if link.old in places}
    build.areas += [replace(places[i], valid_to=day, seq=build.seq) for i in sorted(ended)]
    build.areas += begun.values()
    build.links += arrows


def undo_reorganisation(build: Builder) -> None:
    """Take a change back, where nobody has spoken for what it began and no later change goes on from there."""
    standing = [link for link in newest_by_id(build.links, build.seq).values() if link.standing]
    spoken = {row.area for row in build.revisions}
    followed = {link.old for link in standing}
    days = sorted({link.day for link in standing})
    days = [day for day in days if not {k.new for k in standing if k.day == day} & (spoken | followed)]
    if not days:
        return
    day = build.random.choice(days)
    gone = [link for link in standing if link.day == day]
    since = min(link.seq for link in gone)
    before = newest_by_id(build.areas, since - 1)
    now = build.places
    build.turn()
    for i in sorted({link.old for link in gone if link.old in now}):
        build.areas.append(replace(now[i], valid_to=before[i].valid_to, seq=build.seq))
    for i in sorted({link.new for link in gone}):
        build.areas.append(replace(now[i], standing=False, seq=build.seq))
    build.links += [replace(link, standing=False, seq=build.seq) for link in gone]


def random_world(seed: int, *, contested: bool = False) -> World:
    """About fifty to two hundred transactions over three to twenty months from January 2025."""
    random = Random(seed)
    months = random.choice([3, 4, 6, 6, 9, 13, 20])
    build = Builder(random, contested, datetime.combine(date(2025, 1, 5), time(2), UTC))
    build.instants[1] = build.at
    found_areas(build, max(3, min(12, random.randint(24, 72) // months)), months)
    define_all(build, random.randint(3, 6))
    build.targets += [aim(build, index) for index in range(random.randint(1, 6))]
    diligence, talkative = random.choice([0.3, 0.7, 0.9, 1.0]), random.choice([0, 0.1, 0.4])
    restless = random.choice([0.1, 0.3, 0.6, 0.9])
    for month in range(months):
        opening = Period("M", 2025, 1).step(month).first
        start = datetime.combine(opening + timedelta(days=random.randint(3, 24)), time(random.randint(0, 23)), UTC)
        build.at = max(build.at, start)
        wards = [area for area in build.places.values() if area.level == "commune"]
        for area in random.sample(wards, len(wards)):
            ward_reports(build, area, diligence)
            registry_turn(build)
            if build.chance(0.15):
                correct(build)
        if build.chance(restless):
            reorganise(build)
        if build.chance(restless / 2):
            undo_reorganisation(build)
        city_reports(build, talkative)
    return build.world()


def random_moments(world: World, seed: int, count: int = 3) -> list[int]:
    """Seqs to look back from; the newest is always one of them."""
    random = Random(seed)
    return sorted({world.newest, *(random.randint(1, world.newest) for _ in range(count - 1))})


def askable_periods(world: World, as_of: int) -> list[Period]:
    """Periods of every frequency since the opening that have begun by the day of `as_of`."""
    today = world.today(as_of)
    periods = []
    for frequency in "ASQM":
        period = Period.containing(OPENING, frequency)
        while period.first <= today:
            periods.append(period)
            period = period.step(1)
    return periods
