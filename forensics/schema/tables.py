"""Every table: its columns, types, units, key, and what a row proves and does not prove.

The only place that knows columns. `Table.arrow()` is the Arrow schema of what is on disk;
`docs/tables.md` and `forensics schema` are printed from it.
A time column `X` stands for three: `X`, `X_until` (timestamp[us, UTC], half-open) and `X_basis`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1  # of all tables together; a rename, retype or new meaning raises it


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str  # text, code (dictionary), int, float, bool, time, bytes, texts, extents
    doc: str


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    row: str  # one row is …
    proves: str
    not_proves: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # sort order on disk

    def names(self) -> list[str]:
        """Column names as on disk: a time column gives three."""
        return [name for name, _ in self._fields()]

    def _fields(self) -> list[tuple[str, str]]:
        out = []
        for column in self.columns:
            if column.type == "time":
                out += [(column.name, "stamp"), (f"{column.name}_until", "stamp")]
                out += [(f"{column.name}_basis", "code")]
            else:
                out.append((column.name, column.type))
        return out

    def arrow(self) -> pa.Schema:
        """The Arrow schema, in column order."""
        import pyarrow as pa

        kinds = {
            "text": pa.string(),
            "code": pa.dictionary(pa.int32(), pa.string()),
            "int": pa.int64(),
            "float": pa.float64(),
            "bool": pa.bool_(),
            "bytes": pa.binary(),
            "stamp": pa.timestamp("us", tz="UTC"),
            "texts": pa.list_(pa.string()),
            "extents": pa.list_(pa.struct([("start", pa.int64()), ("length", pa.int64())])),
        }
        return pa.schema([(name, kinds[kind]) for name, kind in self._fields()])


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from lines `name type  doc`."""
    out = []
    for line in text.strip().splitlines():
        name, kind, doc = line.split(None, 2)
        out.append(Column(name, kind, doc))
    return tuple(out)


EVIDENCE = Table(
    "evidence", "an item of evidence named in case.toml",
    "these bytes were examined, and whether their digests agree", "where the item was before",
    _columns("""
        evidence text     id in case.toml
        role code         medium, pc, server, collection
        label text        what the owner calls it
        container code    raw, split_raw, ewf; of a collection the archive that it is (zip, gzip …); else the name of what could not be opened
        image text        path as in case.toml, first segment
        segments int      number of segment files found
        size int          bytes of the medium
        sector_size int   bytes
        sha256 text       of the whole medium as read, hex; null where parts could not be read
        declared text     digest in case.toml, algorithm:hex
        stored texts      digests kept in the container, algorithm:hex
        verified bool     true: all compared digests agree; false: one differs or parts are missing; null: nothing to compare
        serial text       device serial as the owner knows it
        authorised bool   was it allowed to hold the data
        acquired text     acquisition date as the container has it, without zone
        reason code       why it could not be opened or read whole
    """),
    ("evidence",),
)  # fmt: skip

VOLUMES = Table(
    "volumes", "a volume, or a run of the medium outside all volumes",
    "what structure the bytes have", "that a volume not recognised is empty",
    _columns("""
        evidence text     item
        volume text       p1 … by start, p0 without a partition table; null for unpartitioned runs
        start int         bytes from the start of the medium
        length int        bytes
        scheme code       mbr, gpt, apm, bsd, none
        type text         type of the partition table entry
        filesystem code   fat12 fat16 fat32 exfat ntfs ext2 ext3 ext4 hfs+ iso9660 … or the name of what was recognised
        label text        volume label
        serial text       volume serial: 8 hex digits, NTFS 16; UUID for ext
        time_basis code   utc or local:unknown: what the file times of this volume mean
        cluster_bytes int bytes of a cluster or block
        mounted time      last mount for writing, as the file system keeps it (ext)
        written time      last write, as the file system keeps it (ext)
        outcome code      as in coverage
        reason code       null, or why it was not walked
    """),
    ("evidence", "start", "volume"),
)  # fmt: skip

FILES = Table(
    "files", "a name with one data stream, or a directory",
    "the name stood in the file system, with these times by some clock",
    "that the content was read, or who did it",
    _columns("""
        evidence text     item
        volume text       volume
        path text         path as in an address (%XX for reserved and undecodable), masked where it names a person
        masked bool       the path was masked
        file_id text      inode, MFT entry or directory entry address
        stream text       name of an alternate stream, or null
        state code        allocated, deleted
        orphan bool       no directory names it
        kind code         file, directory, link, virtual, other
        size int          bytes
        valid_size int    bytes that were ever written (exFAT ValidDataLength, NTFS initialised size); the rest reads as zeros
        resident bool     the content lies inside the metadata record
        flags texts       compressed, encrypted, sparse, presumed_runs, hard_link, unresolved
        extents extents   runs on the medium in file order, bytes; start -1: a hole that reads as zeros
        link_target text  of a symbolic link, masked like a path
        modified time     last write of the content
        modified_raw int  as on disk
        accessed time     last access (FAT: a date)
        accessed_raw int  as on disk
        changed time      last change of the metadata record
        changed_raw int   as on disk
        born time         creation on this volume
        born_raw int      as on disk
        fn_modified time  NTFS $FILE_NAME times
        fn_accessed time  NTFS $FILE_NAME
        fn_changed time   NTFS $FILE_NAME
        fn_born time      NTFS $FILE_NAME
        deleted_at time   deletion time where the file system keeps one (ext)
        address text      of the stream; with the file id where the path alone may name several
    """),
    ("evidence", "volume", "path", "file_id", "stream"),
)  # fmt: skip

SPANS = Table(
    "spans", "a claim of the walk on a run of bytes (input of the ledger, not in the case)",
    "what the file system says of these bytes", "the final class: claims may overlap",
    _columns("""
        evidence text     item
        volume text       volume
        start int         bytes of the medium
        length int        bytes
        class code        as in ledger
        owner text        address of the stream, or name of the structure
        state code        allocated or deleted
    """),
    ("evidence", "start", "length", "class", "owner"),
)  # fmt: skip

LEDGER = Table(
    "ledger", "a run of bytes of a medium; rows tile it",
    "each byte has exactly one class and one outcome", "what the bytes mean",
    _columns("""
        evidence text     item
        volume text       volume, or null
        start int         bytes of the medium
        length int        bytes
        class code        content slack metadata unowned unallocated unpartitioned unreadable locked
        owner text        address of the owning stream, or name of the structure
        state code        allocated or deleted for content
        outcome code      what became of examining it
        reason code       why it was not examined
    """),
    ("evidence", "start"),
)  # fmt: skip

CONTENTS = Table(
    "contents", "a content that was examined: a stream or a member of one",
    "these bytes with this digest were at this address", "that anybody opened them",
    _columns("""
        address text      of the content
        evidence text     item
        state code        life of the bytes
        size int          bytes
        sha256 text       hex, null where not read whole
        md5 text          hex, only when asked
        sha1 text         hex, only when asked
        mime code         by signature and text check, else libmagic
        parent text       address of the container, null for a stream
        outcome code      worst outcome of this content
        reason code       null or why
    """),
    ("evidence", "address"),
)  # fmt: skip

BASELINES = Table(
    "baselines", "an encrypted volume held against the owner's copy of its header from before the loss",
    "the bytes that hold passwords and keys are, or are not, as they were", "that nobody read: reading changes none of them",
    _columns("""
        evidence text     item
        volume text       volume; null where the medium has no encrypted one any more
        method code       encryption, of the volume or of the copy
        bytes int         bytes compared
        state code        equal, differs, or short: the copy does not reach the end of what holds the keys
    """),
    ("evidence", "volume"),
)  # fmt: skip

COVERAGE = Table(
    "coverage", "a unit of work, or a trouble (never one per examined file)",
    "what was and was not examined", "anything about what lies there",
    _columns("""
        address text      what
        evidence text     item
        bytes int         bytes concerned
        outcome code      examined partial locked unsupported unreadable failed timed_out skipped
        reason code       code, exception type or source line, never a message
        method text       what protects it: locked, or opened by a key of the case file
    """),
    ("evidence", "address", "outcome", "reason"),
)  # fmt: skip

HITS = Table(
    "hits", "an identifier or rule match (per content and kind at most 200; the rest is counted)",
    "bytes of this shape stand here", "that they concern a person: see records",
    _columns("""
        address text      with offset and length
        evidence text     item
        state code        life of the bytes
        medium_offset int bytes of the medium; null in members and fragmented places
        kind code         identifier kind
        rule code         YARA rule or validator that named it
        encoding code     utf-8 cp932 euc-jp iso-2022-jp utf-16-le utf-16-be ascii …
        token text        keyed hash of the normalised value
        masked text       kind and at most the first two digits
        score float       evidence score
    """),
    ("evidence", "address", "kind"),
)  # fmt: skip

COUNTS = Table(
    "counts", "candidates of one kind in one unit: seen, accepted, and why the rest was rejected",
    "how much was looked at", "anything about single persons",
    _columns("""
        evidence text     item
        kind code         identifier kind
        what code         seen, accepted, dropped_duplicate, or a reason of rejection
        number int        candidates
    """),
    ("evidence", "kind", "what"),
)  # fmt: skip

RECORDS = Table(
    "records", "persons found together in one content",
    "at least two independent kinds, or a strong one with its context, stand together here",
    "that every row is a different living person",
    _columns("""
        address text      content, with offset and length of the rows
        evidence text     item
        state code        life of the bytes
        kinds texts       kinds seen in the rows
        rows int          rows
        persons int       distinct persons (person keys)
        register_persons int persons of the owner's register among them; null without a register
        register_share float register_persons over the register's size
        layout code       delimited, fixed, sequence, text
        encoding code     of the rows
        extract code      same, other, unknown: is it the lost extract; null without a register
        score float       best row score
    """),
    ("evidence", "address"),
)  # fmt: skip

PEOPLE = Table(
    "people", "a person in a record",
    "the same person key stands in this record", "identity beyond the key",
    _columns("""
        address code      of the record
        evidence text     item
        token text        keyed person token; r: is a person of the register, k: by own keys
    """),
    ("evidence", "address", "token"),
)  # fmt: skip

CONTROLS = Table(
    "controls", "a planted record of the self-test of this run",
    "the detector finds this carrier and encoding", "that it finds every other",
    _columns("""
        detector code     kind or register
        carrier code      plain, zip, gzip, …
        encoding code     encoding planted
        planted int       records planted
        found int         records found
    """),
    ("detector", "carrier", "encoding"),
)  # fmt: skip

TRACES = Table(
    "traces", "what an artefact says",
    "see the page of the parser named in source", "see the page of the parser named in source",
    _columns("""
        evidence text     item on which the artefact lies
        kind code         what is said: see docs/architecture.md, "Kinds of traces"
        source code       name of the artefact parser
        family code       pnp storage shell app security fs net medium paper person
        time time         when, as the artefact has it
        time_raw text     the value as the artefact has it
        account text      account name or SID
        host text         other computer named (client, machine of a tracker block)
        medium_serial text device serial without the &0 suffix
        volume_serial text 8 hex digits, NTFS 16
        volume_guid text  lower case, without braces
        label text        volume label or product name
        letter text       drive letter, without colon
        path text         path named, masked where it names a person
        size int          bytes named
        record_number int order within the artefact
        detail text       what else is said, key=value; masked
        address text      where it stands
    """),
    ("evidence", "kind", "address", "record_number", "time", "path"),
)  # fmt: skip

SETTINGS = Table(
    "settings", "an undated fact about a host",
    "the host was configured so when it was imaged", "since when",
    _columns("""
        evidence text     item
        name code         computer_name zone build last_access share_path …
        value text        value
        address text      where it stands
    """),
    ("evidence", "name", "value", "address"),
)  # fmt: skip

EVENTS = Table(
    "events", "a dated fact, computed from files, traces and papers",
    "what its source proves", "what its source does not prove",
    _columns("""
        time time         when, in UTC; basis says how it was resolved
        kind code         file_modified file_accessed file_changed file_born device_connected …
        evidence text     item
        host text         computer name or evidence id
        account text      account
        medium text       device serial or evidence id
        path text         path, masked
        text text         one line
        address text      where it stands
    """),
    ("time", "kind", "evidence", "address", "text"),
)  # fmt: skip

CONNECTIONS = Table(
    "connections", "a host and a medium that it met",
    "the medium with this serial was attached to the host at these times",
    "use of files, or anything between first and last",
    _columns("""
        host text         evidence id of the host
        host_name text    its computer name
        medium text       evidence id of the medium, or null if not supplied
        medium_serial text device serial
        volume_serial text volume serial where an artefact ties it
        label text        product or volume label
        first time        first known
        last time         last known arrival
        removed time      last known removal
        in_window code    yes, no, maybe
        accounts texts    accounts that saw it
        sources texts     artefacts
        families texts    families of the artefacts
        registered bool   serial stands in the media register; null: no register
        addresses texts   where it stands
    """),
    ("host", "medium_serial", "volume_serial", "label"),
)  # fmt: skip

SESSIONS = Table(
    "sessions", "a session of an account on a host",
    "the account was logged on", "the person",
    _columns("""
        host text         evidence id
        account text      account
        sid text          security identifier
        kind code         console unlock rdp network service su
        remote text       where from
        start time        from
        end time          until
        source code       artefact
        address text      where it stands
    """),
    ("host", "start", "account", "address"),
)  # fmt: skip

OPENS = Table(
    "opens", "a file that was opened on a host",
    "an artefact names this path as opened", "copying; reading to the end",
    _columns("""
        host text         evidence id
        account text      account
        medium text       evidence id of the medium, or null
        medium_serial text device serial where tied
        volume_serial text volume serial
        path text         path, masked
        size int          bytes
        time time         when
        target_created time times of the target
        target_modified time times of the target
        source code       artefact
        family code       family
        address text      where it stands
    """),
    ("host", "time", "path", "address"),
)  # fmt: skip

COPIES = Table(
    "copies", "two places with the same content or the same rows",
    "the bytes or the rows are equal", "direction, unless order_known; one act of copying",
    _columns("""
        dataset text      digest or name of the row set
        source text       address (the authorised place, else the first sorted)
        target text       address
        basis code        digest records piece name_size
        method code       file archive mail sync share shadow unknown
        persons int       persons in both
        share float       of the source's persons
        time time         of the target, born
        order_known bool  which came first is shown by dates of both sides
    """),
    ("dataset", "source", "target"),
)  # fmt: skip

HORIZONS = Table(
    "horizons", "how far a log of a host reaches",
    "within it, absence of a record means something", "anything outside",
    _columns("""
        evidence text     item
        host text         computer name
        log code          which log
        family code       family
        expected bool     the system writes it normally
        present bool      it is there
        enabled bool      it was switched on; null unknown
        first time        first record
        last time         last record
        records int       records
        gaps int          silences over three times the usual spacing
        control text      address of a record of the same class (positive control)
        controls text     kinds of its records outside the window, parted by spaces; null where it is no log
        covers_window code yes part no unknown
        reason code       why not yes
    """),
    ("evidence", "log"),
)  # fmt: skip

CLOCKS = Table(
    "clocks", "what is known of a host's clock",
    "clock minus true time lay within these bounds then", "at other times",
    _columns("""
        host text         evidence id
        seconds_min float seconds
        seconds_max float seconds
        valid time        period for which this holds
        source code       case_file; zones: case.toml and the host itself differ; ntp …
    """),
    ("host", "source"),
)  # fmt: skip

PAPERS = Table(
    "papers", "a row of a paper, as read",
    "the paper says so", "that it was so",
    _columns("""
        paper code        media_register take_out room_log cards accounts approvals erasure
        sheet text        sheet
        row int           row number, 1 = first
        kind code         what the row is
        item text         number of the medium in the register
        serial text       device serial, normalised
        person_token text keyed token of the person
        room text         room or destination
        action code       take_out return …
        raw_time text     date and time cells as written
        time time         from
        until time        until (return)
        detail text       masked rest
        address text      where it stands
    """),
    ("paper", "sheet", "row", "action"),
)  # fmt: skip

MISMATCHES = Table(
    "mismatches", "papers and machines that do not agree",
    "both sources say what they say", "which of them is right",
    _columns("""
        what code         code of domain 6.4
        paper code        paper
        row int           row or null
        subject text      medium, host, account
        severity code     breach gap clerical
        time time         when
        explanation text  one line
        addresses texts   both sides
    """),
    ("what", "subject", "time", "row"),
)  # fmt: skip

ANSWERS = Table(
    "answers", "the answer to one question about one subject",
    "the verdict by the shared rule", "law: that is for the committee",
    _columns("""
        question code     Q01 … Q25
        topic code        its topic
        subject text      evidence id, host×medium, paper, case
        verdict code      confirmed no_trace refuted undetermined not_examined
        confidence code   C2 … C6 or null
        reasons texts     reason codes
        lawful bool       see findings.json
        statement_ja text statement
        statement_en text statement
        facts texts       fact ids
        limits texts      limits, code keys
        would_change texts what would change it
    """),
    ("question", "subject"),
)  # fmt: skip

FACTS = Table(
    "facts", "a fact that answers rest on",
    "what its addresses show", "anything else",
    _columns("""
        id text           F- and 12 hex of the SHA-256 of the canonical JSON
        kind code         kind
        json text         canonical JSON of the fact
        addresses texts   where it stands
    """),
    ("kind", "id"),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    EVIDENCE, VOLUMES, FILES, LEDGER, CONTENTS, COVERAGE, BASELINES, HITS, COUNTS, RECORDS, PEOPLE, CONTROLS,
    TRACES, SETTINGS, EVENTS, CONNECTIONS, SESSIONS, OPENS, COPIES, HORIZONS, CLOCKS, PAPERS,
    MISMATCHES, ANSWERS, FACTS,
)  # fmt: skip
BY_NAME: dict[str, Table] = {table.name: table for table in (*TABLES, SPANS)}
