//! Quotations: quotation marks, "> " before a line, and the header lines that mail programs put above a
//! text that is answered or forwarded.

use std::ops::Range;

use super::text_words::placed_words;

/// A quotation in a text, as a byte range that includes its marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quotation {
    pub(super) place: Range<usize>,
    pub(super) mark: Mark,
}

/// How a quotation is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Quotation marks. People put their own words between them too.
    Marks,
    /// "> " before each line.
    Line,
    /// A header line above it; the quotation is the rest of the text.
    Header,
    /// The header line itself.
    HeaderLine,
}

/// Most quotations that are examined. A person's text has few, and each is compared with every word.
const MOST: usize = 200;

/// Opening quotation marks with their closing marks.
const PAIRS: [(char, &[char]); 12] = [
    ('“', &['”', '“', '"']),
    ('"', &['"', '”']),
    ('”', &['”']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
    ('»', &['«']),
    ('＂', &['＂']),
    ('「', &['」']),
    ('『', &['』']),
    ('‘', &['’']),
    ('‹', &['›']),
    ('\'', &['\'']),
];

/// First and last words of the header line above an answered text ("On … wrote:").
const WROTE: [(&str, &[&str]); 10] = [
    ("on", &["wrote"]),
    ("le", &["ecrit"]),
    ("el", &["escribio"]),
    ("em", &["escreveu"]),
    ("am", &["schrieb"]),
    ("il", &["scritto"]),
    ("op", &["schreef"]),
    ("w", &["napisal", "napisala"]),
    ("dnia", &["napisal", "napisala"]),
    ("vao", &["viet"]),
];

/// Header lines above a forwarded text, up to the colon.
const FORWARDED: [&str; 14] = [
    "forwarded message",
    "begin forwarded message",
    "original message",
    "fwd",
    "fw",
    "reenviado",
    "mensaje reenviado",
    "mensaje original",
    "message transfere",
    "message d origine",
    "tr",
    "rv",
    "weitergeleitete nachricht",
    "mensagem encaminhada",
];

/// Header fields above a forwarded text.
const FIELDS: [&str; 12] = [
    "from", "sent", "to", "subject", "date", "de", "para", "asunto", "a", "objet", "envoye",
    "enviado",
];

/// Most header fields of a forwarded text.
const MOST_FIELDS: usize = 6;

/// The first opening mark of a text, with its position. A plain single quotation mark counts only if
/// there is no other.
pub(super) fn opening(text: &str) -> Option<(usize, char)> {
    text.char_indices()
        .find(|(at, c)| *c != '\'' && is_opening(text, *at, *c))
        .or_else(|| {
            text.char_indices()
                .find(|(at, c)| is_opening(text, *at, *c))
        })
}

/// The end of the quotation that opens here, after its closing mark. The last mark that can close it
/// does, because a quotation may contain others; without one, the quotation ends with the text.
pub(super) fn closing(text: &str, opening: (usize, char)) -> usize {
    let (at, mark) = opening;
    let from = at.saturating_add(mark.len_utf8());
    let closing = closers(mark);
    let rest = text.get(from..).unwrap_or_default();
    let last = rest
        .char_indices()
        .rfind(|(place, c)| closing.contains(c) && is_closing(rest, *place, *c));
    last.map_or(text.len(), |(place, c)| {
        from.saturating_add(place).saturating_add(c.len_utf8())
    })
}

/// All quotations of a text.
pub(super) fn quotations(text: &str) -> Vec<Quotation> {
    let mut found = between_marks(text);
    found.extend(lines(text));
    found.truncate(MOST);
    found
}

/// Quotations between marks. Single marks are searched separately from double ones, so that an
/// apostrophe cannot hide a double-marked quotation.
fn between_marks(text: &str) -> Vec<Quotation> {
    let mut found = between(text, |mark| !is_single(mark));
    found.extend(between(text, is_single));
    found
}

fn between(text: &str, is_wanted: impl Fn(char) -> bool) -> Vec<Quotation> {
    let quotation = |place| Quotation {
        place,
        mark: Mark::Marks,
    };
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        match open {
            None if is_wanted(c) && is_opening(text, at, c) => open = Some((at, c)),
            Some((from, mark)) if closers(mark).contains(&c) && is_closing(text, at, c) => {
                found.push(quotation(from..at.saturating_add(c.len_utf8())));
                open = None;
            }
            None | Some(_) => {}
        }
    }
    found.extend(open.map(|(from, _)| quotation(from..text.len())));
    found
}

/// Quoted lines and headers. Everything below the first header is one quotation.
fn lines(text: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut from: usize = 0;
    let mut fields_allowed: usize = 0;
    let mut has_header = false;
    for line in text.split_inclusive('\n') {
        let place = from..from.saturating_add(line.len());
        from = place.end;
        let mut mark = |place, mark| found.push(Quotation { place, mark });
        if line.trim_start().starts_with(['>', '＞']) {
            mark(place, Mark::Line);
        } else if let Some(header) = header(line) {
            let end = place.start.saturating_add(header);
            mark(place.start..end, Mark::HeaderLine);
            if !std::mem::replace(&mut has_header, true) {
                mark(end..text.len(), Mark::Header);
            }
            fields_allowed = MOST_FIELDS;
            continue;
        } else if fields_allowed > 0 && is_field(line) {
            mark(place, Mark::HeaderLine);
            fields_allowed = fields_allowed.saturating_sub(1);
            continue;
        }
        fields_allowed = 0;
    }
    found
}

/// The length of the header in a line, if the line is a header above a quoted text.
fn header(line: &str) -> Option<usize> {
    let (before, after) = line.split_once(':').unwrap_or((line, ""));
    let folded = joined(before);
    if FORWARDED.contains(&folded.as_str()) {
        let is_short = after.trim().is_empty();
        return Some(if is_short {
            line.len()
        } else {
            before.len().saturating_add(1)
        });
    }
    let words: Vec<String> = placed_words(line)
        .into_iter()
        .map(|word| word.text)
        .collect();
    let (first, last) = (words.first()?, words.last()?);
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_dated = words.iter().any(|word| is_number(word));
    let is_end = |word: &str| WROTE.iter().any(|(_, ends)| ends.contains(&word));
    let is_wrote = WROTE
        .iter()
        .any(|(begins, ends)| first == begins && ends.contains(&last.as_str()));
    let is_wrote = is_wrote || (is_number(first) && is_end(last));
    (is_wrote && is_dated && line.trim_end().ends_with(':')).then_some(line.len())
}

fn is_field(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(name, _)| FIELDS.contains(&joined(name).as_str()))
}

const fn is_single(mark: char) -> bool {
    matches!(mark, '‘' | '‹' | '\'')
}

fn joined(text: &str) -> String {
    let words: Vec<String> = placed_words(text)
        .into_iter()
        .map(|word| word.text)
        .collect();
    words.join(" ")
}

fn closers(mark: char) -> &'static [char] {
    PAIRS
        .iter()
        .find(|(opening, _)| *opening == mark)
        .map_or(&[], |(_, closing)| closing)
}

/// Whether a mark opens a quotation. A plain single mark, and one that can also close, opens only if no
/// letter or digit precedes it.
fn is_opening(text: &str, at: usize, c: char) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let is_free = !matches!(c, '\'' | '‘' | '»') || !before.is_some_and(char::is_alphanumeric);
    !closers(c).is_empty() && is_free
}

/// The first letter after the Latin blocks, whose letters occur around apostrophes.
const FIRST_UNLIKE_LATIN: char = '\u{0250}';

/// Whether a mark closes a quotation. A single mark closes only if no Latin letter follows ("it’s").
fn is_closing(text: &str, at: usize, c: char) -> bool {
    let after = text.get(at.saturating_add(c.len_utf8())..);
    let after = after.and_then(|after| after.chars().next());
    let is_inside = after.is_some_and(|c| c.is_alphanumeric() && c < FIRST_UNLIKE_LATIN);
    !matches!(c, '\'' | '’') || !is_inside
}
