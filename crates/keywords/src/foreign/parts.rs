//! The parts of a text: our words, quotations, instructions, and the rest, which is the person's own.

use std::ops::Range;

use super::instructions::{self, outside};
use super::quotes::{self, Mark, Quotation};
use super::reactions;
use super::sent::SentTexts;
use super::text_words::{PlacedWord, is_within, placed_words, without};
use crate::explanation::{Finding, Owner, Trace};
use crate::{Keyword, MatchStep, classify_own_words};

/// Words that may accompany an instruction without making it a sender's: "Reply STOP to cancel
/// please".
const POLITE: &str = "please pls plz thanks thank you ok okay yes yeah no now hi hey hello so and me \
                      por favor gracias s il vous plait svp merci";

/// Fewest words between quotation marks that count as ours if they are the whole text and do not
/// start where our text starts.
const MANY_MARKED: usize = 6;

/// Fewest words of a quoted line; a shorter line is not a quotation, whatever its prefix: "> stop".
const LEAST_IN_LINE: usize = 3;

/// A text split into parts, as byte ranges.
pub(super) struct Parts<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<PlacedWord>,
    pub(super) reaction: Option<Range<usize>>,
    /// Our words: sent before, or in quotation marks around an instruction.
    pub(super) ours: Vec<Range<usize>>,
    /// Marked as quoted and not known to be ours.
    unknown: Vec<Range<usize>>,
    /// Header lines above quoted texts, and text that programs append.
    added: Vec<Range<usize>>,
    pub(super) footers: Vec<Range<usize>>,
    /// A quotation in marks that starts where our text starts.
    pub(super) opens_with: Option<Range<usize>>,
    /// Whether the text is an instruction, not known to be ours, and nothing else.
    pub(super) is_bare_instruction: bool,
}

impl<'a> Parts<'a> {
    pub(super) fn new(text: &'a str, sent: &[&str]) -> Self {
        let words = placed_words(text);
        let mut parts = Self {
            text,
            reaction: reactions::report(text),
            ours: Vec::new(),
            unknown: Vec::new(),
            added: instructions::signatures(&words),
            footers: Vec::new(),
            opens_with: None,
            is_bare_instruction: false,
            words,
        };
        let quotations = quotes::quotations(text);
        parts.find_ours(&SentTexts::new(sent), &quotations);
        parts.find_unknown(&quotations);
        parts.find_footers(&quotations);
        parts
    }

    pub(super) fn note_what_is_set_aside(&self, trace: &Trace) {
        let reaction: Vec<_> = self.reaction.iter().cloned().collect();
        for (owner, places) in [
            (Owner::Reaction, &reaction),
            (Owner::Ours, &self.ours),
            (Owner::Quoted, &self.unknown),
            (Owner::Program, &self.added),
            (Owner::Instruction, &self.footers),
        ] {
            self.note_owner(owner, places, trace);
        }
    }

    pub(super) fn note_owner(&self, owner: Owner, places: &[Range<usize>], trace: &Trace) {
        for place in places {
            trace.note(|| Finding::SetAside {
                owner,
                words: self.text.get(place.clone()).unwrap_or_default().to_owned(),
            });
        }
    }

    fn find_ours(&mut self, sent: &SentTexts, quotations: &[Quotation]) {
        for run in sent.unmarked(&self.words, self.text) {
            self.ours.extend(self.bytes(&run.words));
        }
        for quotation in quotations {
            let within = self.indices(&quotation.place);
            let Some(run) = sent.marked(&self.words, within.clone(), self.text) else {
                continue;
            };
            let is_alone = within.len() == self.words.len() && quotation.mark == Mark::Marks;
            if is_alone && !run.is_from_beginning && within.len() < MANY_MARKED {
                continue;
            }
            if run.is_from_beginning && quotation.mark == Mark::Marks {
                self.opens_with = Some(quotation.place.clone());
            }
            self.ours.push(quotation.place.clone());
        }
    }

    fn find_unknown(&mut self, quotations: &[Quotation]) {
        for quotation in quotations {
            match quotation.mark {
                Mark::HeaderLine => self.added.push(quotation.place.clone()),
                Mark::Line if self.indices(&quotation.place).len() < LEAST_IN_LINE => {}
                Mark::Line => self.unknown.push(quotation.place.clone()),
                Mark::Header if self.explains_its_rest(&quotation.place, quotations) => {}
                Mark::Header => self
                    .unknown
                    .extend(unrequested_lines(self.text, &quotation.place)),
                Mark::Marks => {}
            }
        }
    }

    /// Whether the quoted words below a header can be told from the person's.
    fn explains_its_rest(&self, rest: &Range<usize>, quotations: &[Quotation]) -> bool {
        let mut lines = quotations.iter().filter(|other| other.mark == Mark::Line);
        lines.any(|line| line.place.start >= rest.start)
            || self.ours.iter().any(|ours| ours.end > rest.start)
    }

    /// Finds instructions. An instruction alone counts as a clumsy request. Quotation marks around an
    /// instruction make everything between them a sender's.
    fn find_footers(&mut self, quotations: &[Quotation]) {
        let written = outside(&self.words, &self.all());
        let footers = instructions::footers(&written);
        let is_polite = |word: &PlacedWord| POLITE.split(' ').any(|polite| polite == word.text);
        let is_beside_ours = !self.ours.is_empty() || self.reaction.is_some();
        self.is_bare_instruction = !footers.is_empty()
            && !is_beside_ours
            && outside(&written, &footers).iter().all(is_polite);
        if self.is_bare_instruction {
            return;
        }
        let marked = quotations.iter().filter(|quotation| {
            quotation.mark == Mark::Marks
                && footers
                    .iter()
                    .any(|footer| is_within(footer, std::slice::from_ref(&quotation.place)))
        });
        for quotation in marked {
            self.opens_with = Some(quotation.place.clone());
            self.ours.push(quotation.place.clone());
        }
        self.footers = footers;
    }

    /// Every part that is not the person's own.
    pub(super) fn all(&self) -> Vec<Range<usize>> {
        let parts = [&self.ours, &self.unknown, &self.added, &self.footers];
        parts
            .into_iter()
            .flatten()
            .cloned()
            .chain(self.reaction.clone())
            .collect()
    }

    pub(super) fn own_words(&self) -> Vec<PlacedWord> {
        outside(&self.words, &self.all())
    }

    /// All words outside quotations and reaction reports.
    pub(super) fn written(&self) -> Vec<PlacedWord> {
        let parts = [&self.ours, &self.unknown];
        let quoted: Vec<_> = parts
            .into_iter()
            .flatten()
            .cloned()
            .chain(self.reaction.clone())
            .collect();
        outside(&self.words, &quoted)
    }

    pub(super) fn is_between_marks(&self, part: &Range<usize>) -> bool {
        quotes::quotations(self.text)
            .iter()
            .any(|quotation| quotation.mark == Mark::Marks && quotation.place.contains(&part.start))
    }

    pub(super) fn hides_request(&self) -> bool {
        if self.unknown.is_empty() {
            return false;
        }
        let quoted: Vec<&str> = self
            .unknown
            .iter()
            .filter_map(|part| self.text.get(part.clone()))
            .collect();
        let quoted = quoted.concat().replace(['>', '＞'], " ");
        let instructions = instructions::footers(&placed_words(&quoted));
        let is_ours = self.unknown.iter().all(|part| {
            self.ours
                .iter()
                .any(|ours| ours.start < part.end && part.start < ours.end)
        });
        let request = || classify_own_words(&without(&quoted, &instructions), &Trace::off());
        !is_ours && request().keyword == Keyword::OptOut
    }

    fn bytes(&self, words: &Range<usize>) -> Option<Range<usize>> {
        let first = self.words.get(words.start)?;
        let last = self.words.get(words.end.checked_sub(1)?)?;
        Some(first.place.start..last.place.end)
    }

    /// The indices of the words within a part of the text.
    fn indices(&self, place: &Range<usize>) -> Range<usize> {
        let part = std::slice::from_ref(place);
        let first = self
            .words
            .iter()
            .position(|word| is_within(&word.place, part));
        let first = first.unwrap_or(self.words.len());
        let rest = self.words.get(first..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|word| is_within(&word.place, part))
            .count();
        first..first.saturating_add(length)
    }
}

/// The lines of a part that are not keywords by themselves: a line "STOP" is the person's own, not
/// forwarded.
fn unrequested_lines(text: &str, part: &Range<usize>) -> Vec<Range<usize>> {
    let mut from = part.start;
    let mut lines: Vec<Range<usize>> = Vec::new();
    for line in text
        .get(part.clone())
        .unwrap_or_default()
        .split_inclusive('\n')
    {
        let place = from..from.saturating_add(line.len());
        from = place.end;
        if classify_own_words(line, &Trace::off()).step == MatchStep::ExactKeyword {
            continue;
        }
        match lines.last_mut().filter(|last| last.end == place.start) {
            Some(last) => last.end = place.end,
            None => lines.push(place),
        }
    }
    lines
}
