"""The tables. One schema for SQLite and PostgreSQL; what each row stands for is in ``docs/design/words.md``.

Rows of ``check``, ``snapshot``, ``version``, ``comparison``, ``change``, ``finding``, ``silence``, ``alert``,
``review`` and ``record`` are only ever added. What moves on lives in ``watch``, ``memory`` and ``delivery``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def timestamp(at: datetime) -> str:
    """UTC, to the microsecond, in a form that sorts as text and is the same on every database."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Time(TypeDecorator[datetime]):
    """An aware datetime, kept as the text of ``timestamp``: it sorts, and hashes the same everywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> str | None:
        return None if value is None else timestamp(value)

    def process_result_value(self, value: str | None, _dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

watch = Table(
    "watch",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("vendor", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("pages", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Time, nullable=False),
    # the next slot, and who is at work on it
    Column("next_check_at", Time, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Time),
    # what an unchanged page is recognised by; void (None) unless a reading of it was finished
    Column("validators", JSON),  # per page: {"etag", "last_modified", "sha256", "fingerprint"}
    Column("read_as", Text),  # extractor version and options the validators and the standing version hold for
    Column("settled", Boolean, nullable=False, default=False),  # an identical look needs no judgement
    # where it stands
    Column("standing_version_id", Integer, ForeignKey("version.id", use_alter=True)),
    Column("last_check_id", Integer, ForeignKey("check.id", use_alter=True)),
    Column("last_ok_at", Time),
    Column("failures", Integer, nullable=False, default=0),
    Column("failing_since", Time),
    Index(None, "enabled", "next_check_at"),
)

memory = Table(
    "memory",
    metadata,
    Column("watch_id", Integer, ForeignKey("watch.id"), primary_key=True),
    Column("body", JSON, nullable=False),  # monitor.judgement.Memory
    Column("documents", JSON, nullable=False),  # version keys of the documents that it names
)

check = Table(
    "check",
    metadata,
    _id(),
    Column("watch_id", Integer, ForeignKey("watch.id"), nullable=False),
    Column("due_at", Time, nullable=False),  # the slot
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time, nullable=False),
    Column("outcome", Text, nullable=False),  # an event kind of monitor.model, or "failed"
    Column("notice", Text),
    Column("reason", Text, nullable=False),
    Column("error_kind", Text),
    Column("status", Integer),
    Column("url", Text),  # the final address
    Column("redirects", JSON),
    Column("peer", Text),
    Column("tls_sha256", Text),
    Column("wire_bytes", Integer, nullable=False, default=0),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("snapshot_ids", JSON, nullable=False, default=list),  # the pages that it saw, in order
    Column("found_by", Text),  # "304", "bytes", "fingerprint", "reading": how far the look had to go
    Column(
        "version_id", Integer, ForeignKey("version.id")
    ),  # the version that was seen, if the page was read
    UniqueConstraint("watch_id", "due_at"),
    Index(None, "watch_id", "ended_at"),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the bytes, not of their packed form
    Column("size", Integer, nullable=False),
    Column("codec", Text, nullable=False),  # "zstd", or "released": gc let the bytes go
    Column("base_sha256", Text, ForeignKey("blob.sha256")),  # dictionary for the codec, None: stands alone
    Column("depth", Integer, nullable=False, default=0),  # how many bases lie below
    Column("packed_sha256", Text, nullable=False),  # of the packed form: a flipped bit that unpacking ignores
    Column("data", LargeBinary, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    _id(),
    Column("watch_id", Integer, ForeignKey("watch.id"), nullable=False),
    Column("part", Integer, nullable=False, default=0),  # of a policy of several pages
    Column("fetched_at", Time, nullable=False),
    Column("requested_url", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("request_headers", JSON, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("redirects", JSON, nullable=False),
    Column("peer", Text),
    Column("tls_sha256", Text),
    Column("body_sha256", Text, ForeignKey("blob.sha256"), nullable=False),
    Index(None, "watch_id", "fetched_at"),
)

version = Table(
    "version",
    metadata,
    _id(),
    Column("watch_id", Integer, ForeignKey("watch.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text_key", Text, nullable=False),  # monitor.comparison.text_key: identity of the words
    Column("text_sha256", Text, nullable=False),  # of Document.text
    Column("document_sha256", Text, ForeignKey("blob.sha256"), nullable=False),  # Document.as_dict() as JSON
    Column("snapshot_ids", JSON, nullable=False),  # the pages it was read from, in order
    Column("first_seen_at", Time, nullable=False),
    Column("title", Text, nullable=False),
    Column("stated_date", Text),
    Column("effective_date", Text),
    Column("extractor", Text, nullable=False),
    Column("origin", Text, nullable=False, default="check"),  # "check", "backfill", "reread"
    Column("suspect", Text),  # why it was not taken for the policy when it was first seen
    UniqueConstraint("watch_id", "number"),
    Index(None, "watch_id", "text_key"),
)

comparison = Table(
    "comparison",
    metadata,
    _id(),
    Column("check_id", Integer, ForeignKey("check.id"), nullable=False),
    Column("watch_id", Integer, ForeignKey("watch.id"), nullable=False),
    Column("before_version_id", Integer, ForeignKey("version.id"), nullable=False),
    Column("after_version_id", Integer, ForeignKey("version.id"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("severity", Text),
    Column("summary", Text, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("rules", Text, nullable=False),  # version of the rules that judged
    Column("body", JSON, nullable=False),  # Comparison.as_dict() without its changes
    Index(None, "watch_id", "id"),
)

change = Table(
    "change",
    metadata,
    _id(),
    Column("comparison_id", Integer, ForeignKey("comparison.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("severity", Text),
    Column("body", JSON, nullable=False),  # Change.as_dict() without its findings
    UniqueConstraint("comparison_id", "position"),
)

finding = Table(
    "finding",
    metadata,
    _id(),
    Column("change_id", Integer, ForeignKey("change.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule", Text, nullable=False),
    UniqueConstraint("change_id", "position"),
)

silence = Table(
    "silence",
    metadata,
    _id(),
    Column("check_id", Integer, ForeignKey("check.id"), nullable=False),
    Column("watch_id", Integer, ForeignKey("watch.id"), nullable=False),
    Column("what", Text, nullable=False),  # the words or the event that nobody was told of
    Column("reason", Text, nullable=False),
    Index(None, "watch_id", "id"),
)

alert = Table(
    "alert",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),  # what makes it the same alert: never planned twice
    Column("kind", Text, nullable=False),
    Column("watch_id", Integer, ForeignKey("watch.id")),  # None: about the program itself
    Column("check_id", Integer, ForeignKey("check.id")),
    Column("comparison_id", Integer, ForeignKey("comparison.id")),
    Column("created_at", Time, nullable=False),
    Column("severity", Text),
    Column("summary", Text, nullable=False),
    Column("body", JSON, nullable=False),  # monitor.alerts.Alert: everything a rendering needs
    Index(None, "watch_id", "id"),
)

delivery = Table(
    "delivery",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),  # alert and channel
    Column("alert_id", Integer, ForeignKey("alert.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),  # of a stopped or dead one: the rule or the answer that ended it
    Column("digest", Text),  # deliveries of one channel with the same digest go out as one message
    Column("due_at", Time, nullable=False),  # the next attempt, not before this
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_owner", Text),
    Column("lease_until", Time),
    Column("delivered_at", Time),
    CheckConstraint("status IN ('pending', 'delivered', 'dead', 'stopped')", name="status"),
    Index(None, "status", "due_at"),
    Index(None, "alert_id"),
)

attempt = Table(
    "attempt",
    metadata,
    _id(),
    Column("delivery_id", Integer, ForeignKey("delivery.id"), nullable=False),
    Column("message_id", Text, nullable=False),  # one message may carry several deliveries
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time),  # None: the process died while sending; the outcome is unknown
    Column("outcome", Text),  # "delivered", "failed", "refused"
    Column("detail", Text),
    Index(None, "delivery_id"),
)

mute = Table(
    "mute",
    metadata,
    _id(),
    Column("watch_id", Integer, ForeignKey("watch.id"), nullable=False),
    Column("created_at", Time, nullable=False),
    Column("until", Time),
    Column("ended_at", Time),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "watch_id"),
)

review = Table(
    "review",
    metadata,
    _id(),
    Column("change_id", Integer, ForeignKey("change.id"), nullable=False),
    Column("created_at", Time, nullable=False),
    Column("decision", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    CheckConstraint(
        "decision IN ('acknowledged', 'accepted', 'objected', 'escalated', 'not_relevant')", name="decision"
    ),
    Index(None, "change_id"),
)

release = Table(  # what gc let go of: the proof that missing bytes are no loss
    "release",
    metadata,
    _id(),
    Column("created_at", Time, nullable=False),
    Column("keep", Text, nullable=False),  # the span that the config asked for
    Column("blobs", JSON, nullable=False),  # SHA-256 of each
)

record = Table(
    "record",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("created_at", Time, nullable=False),
    Column("rows", Text, nullable=False),  # JSON: [[table, id, sha256 of the row as canonical JSON], …]
    Column("chain", Text, nullable=False),  # sha256(previous chain ‖ this record), see monitor.store.chain
)
