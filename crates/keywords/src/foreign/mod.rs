//! Whose words a text holds: the person's own, ours that are quoted, instructions, a phone's report
//! of a reaction, or those of a machine.
//!
//! Quoted and instructing words ask for nothing. In doubt the words are the person's own for what
//! protects them, a request to stop, and not for what would relax a protection: [`Speaker`]. This
//! module must not know what follows from that.

mod cue;
mod instructions;
mod likeness;
mod machines;
mod quotes;
mod reactions;
mod sent;
mod text_words;

use std::ops::Range;

use sms_text::is_ignorable;

use self::instructions::outside;
use self::quotes::{Mark, Quotation};
use self::sent::SentTexts;
use self::text_words::{PlacedWord, is_within, placed_words, without};
use crate::{Classification, Keyword, Machine, MatchStep, Speaker, Understood, classify_own_words};

/// Words that do not make an instruction beside them a sender's: "Reply STOP to cancel please".
const POLITE: &str = "please pls plz thanks thank you ok okay yes yeah no now hi hey hello so and me \
                      por favor gracias s il vous plait svp merci";

/// Words between marks are ours, though they stand alone and do not begin as our text does, if they
/// are as many.
const MANY_MARKED: usize = 6;

/// A line with fewer words is no quotation, whatever mark it begins with: "> stop".
const LEAST_IN_LINE: usize = 3;

/// Most words before our text in marks that may be a report in an unknown language.
const LONGEST_REPORT: usize = 5;

/// A text taken apart.
struct Parts<'a> {
    text: &'a str,
    words: Vec<PlacedWord>,
    reaction: Option<Range<usize>>,
    /// Our own words, as they were sent.
    ours: Vec<Range<usize>>,
    /// Marked as quoted, and nothing that we know to have sent.
    unknown: Vec<Range<usize>>,
    /// Lines above quoted texts, and what programs add.
    added: Vec<Range<usize>>,
    footers: Vec<Range<usize>>,
    /// A quotation of ours in marks, from its beginning.
    opens_with: Option<Range<usize>>,
    /// Nothing but an instruction that is not known to be ours.
    is_bare_instruction: bool,
}

/// What a text asks for in the person's own words, and who speaks in it.
pub(crate) fn understand(text: &str, sent: &[&str]) -> Understood {
    // Characters that nobody sees must neither end a clause nor hide a mark.
    let text: String = text.chars().filter(|c| !is_ignorable(*c)).collect();
    let parts = Parts::new(&text, sent);
    let own_words = parts.own_words();
    let mut cut = parts.all();
    let (own, speaker) = match machines::author(&parts.written(), &text) {
        Some(machine) => {
            cut.extend(instructions::machine(&own_words));
            (parts.read(&cut), Speaker::Automatic(machine))
        }
        None => {
            let own = parts.read(&cut);
            (own, parts.speaker(&own_words, own.keyword))
        }
    };
    Understood {
        classification: parts.settled(own, speaker),
        speaker,
    }
}

impl<'a> Parts<'a> {
    fn new(text: &'a str, sent: &[&str]) -> Self {
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

    /// Whether below a header the quoted words are known apart from the person's.
    fn explains_its_rest(&self, rest: &Range<usize>, quotations: &[Quotation]) -> bool {
        let mut lines = quotations.iter().filter(|other| other.mark == Mark::Line);
        lines.any(|line| line.place.start >= rest.start)
            || self.ours.iter().any(|ours| ours.end > rest.start)
    }

    /// An instruction alone is a request in clumsy words. Marks around one make all between them a
    /// sender's.
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

    /// Everything that is not the person's own.
    fn all(&self) -> Vec<Range<usize>> {
        let parts = [&self.ours, &self.unknown, &self.added, &self.footers];
        parts
            .into_iter()
            .flatten()
            .cloned()
            .chain(self.reaction.clone())
            .collect()
    }

    fn own_words(&self) -> Vec<PlacedWord> {
        outside(&self.words, &self.all())
    }

    /// All words that we did not send: whoever quotes wrote the rest.
    fn written(&self) -> Vec<PlacedWord> {
        let parts = [&self.ours, &self.unknown];
        let quoted: Vec<_> = parts
            .into_iter()
            .flatten()
            .cloned()
            .chain(self.reaction.clone())
            .collect();
        outside(&self.words, &quoted)
    }

    /// What the text without these parts asks for. Consent is read into nothing that is cut.
    fn read(&self, cut: &[Range<usize>]) -> Classification {
        if cut.is_empty() {
            return classify_own_words(self.text);
        }
        let own = classify_own_words(&without(self.text, cut));
        if own.keyword == Keyword::OptIn {
            return NOTHING;
        }
        own
    }

    fn speaker(&self, own_words: &[PlacedWord], keyword: Keyword) -> Speaker {
        let own_text = without(self.text, &self.all());
        let asks = own_text.contains('?');
        let is_unmarked = |footer: &&Range<usize>| !self.is_between_marks(footer);
        if own_words.is_empty() && !self.words.is_empty() {
            return if self.reaction.is_some() {
                Speaker::Reaction
            } else {
                Speaker::Quotation
            };
        }
        if keyword != Keyword::None || asks {
            return Speaker::Person;
        }
        if self.is_report(own_words) {
            return Speaker::Reaction;
        }
        if self.ours.is_empty() && self.footers.iter().any(|footer| is_unmarked(&footer)) {
            return Speaker::Automatic(Machine::Reply);
        }
        if likeness::is_like_a_machines(&own_text) {
            return Speaker::Automatic(Machine::Likely);
        }
        Speaker::Person
    }

    /// A few words and our whole text in marks: a report of a reaction in words that are not listed.
    fn is_report(&self, own_words: &[PlacedWord]) -> bool {
        let Some(quotation) = &self.opens_with else {
            return false;
        };
        own_words.len() <= LONGEST_REPORT
            && own_words
                .iter()
                .all(|word| word.place.end <= quotation.start)
    }

    fn is_between_marks(&self, part: &Range<usize>) -> bool {
        quotes::quotations(self.text)
            .iter()
            .any(|quotation| quotation.mark == Mark::Marks && quotation.place.contains(&part.start))
    }

    /// The reading, where nothing of the person's own asks for anything: a request in words that are
    /// only marked as quoted is for a person to read, and a word that nothing explains is none of a
    /// machine's.
    fn settled(&self, own: Classification, speaker: Speaker) -> Classification {
        let is_unplaced = matches!(own.step, MatchStep::UnplacedWord | MatchStep::UnreadScript);
        match (own.keyword, speaker) {
            (Keyword::Review, Speaker::Automatic(_)) if is_unplaced => NOTHING,
            (Keyword::None, Speaker::Reaction) => Classification {
                step: MatchStep::Reaction,
                ..NOTHING
            },
            (Keyword::None, _) if self.is_bare_instruction || self.hides_request() => {
                Classification {
                    keyword: Keyword::Review,
                    step: MatchStep::Quotation,
                    matched: None,
                }
            }
            _ => own,
        }
    }

    fn hides_request(&self) -> bool {
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
        !is_ours && classify_own_words(&without(&quoted, &instructions)).keyword == Keyword::OptOut
    }

    fn bytes(&self, words: &Range<usize>) -> Option<Range<usize>> {
        let first = self.words.get(words.start)?;
        let last = self.words.get(words.end.checked_sub(1)?)?;
        Some(first.place.start..last.place.end)
    }

    /// The words that stand in a part of the text.
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

const NOTHING: Classification = Classification {
    keyword: Keyword::None,
    step: MatchStep::NoKeyword,
    matched: None,
};

/// The lines of a part that are no request by themselves: nobody forwards a line "STOP".
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
        if classify_own_words(line).step == MatchStep::ExactKeyword {
            continue;
        }
        match lines.last_mut().filter(|last| last.end == place.start) {
            Some(last) => last.end = place.end,
            None => lines.push(place),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrases_are_written_in_their_notation() {
        for table in [
            include_str!("../data/instructions.tsv"),
            include_str!("../data/machines.tsv"),
            include_str!("../data/reactions.tsv"),
        ] {
            assert_eq!(cue::mistakes(table), Vec::<String>::new());
        }
    }
}
