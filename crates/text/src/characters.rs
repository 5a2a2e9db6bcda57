//! Character classes that Unicode defines and the standard library lacks.

use unicode_normalization::char::is_combining_mark;

/// Whether a character is invisible on its own: Unicode's `Default_Ignorable_Code_Point`
/// (DerivedCoreProperties.txt), such as the zero-width space, direction marks, the soft hyphen and
/// variation selectors.
#[must_use]
pub const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a character is a quotation mark, single or double.
#[must_use]
pub const fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '‘' | '’' | '‚' | '＂'
    )
}

/// Whether a combining mark is a vowel or part of a letter, so that dropping it changes the word: the
/// marks of Indian and South-East Asian scripts, and the voicing marks of kana. Tone marks do not
/// count, nor do Indian nasal dots and nuktas, which people often leave out.
#[must_use]
pub fn is_letter_mark(c: char) -> bool {
    let is_of_script = matches!(
        c,
        '\u{0900}'..='\u{0DFF}'
            | '\u{0E31}'..='\u{0E47}'
            | '\u{0E4D}'
            | '\u{0EB1}'..='\u{0EBC}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17D3}'
            | '\u{3099}'..='\u{309A}'
    );
    let is_left_out = matches!(
        c,
        '\u{0900}'..='\u{0902}'
            | '\u{093C}'
            | '\u{0951}'..='\u{0954}'
            | '\u{0981}'
            | '\u{09BC}'
            | '\u{0A01}'..='\u{0A02}'
            | '\u{0A3C}'
            | '\u{0A70}'..='\u{0A71}'
            | '\u{0A81}'..='\u{0A82}'
            | '\u{0ABC}'
            | '\u{0B3C}'
    );
    is_of_script && !is_left_out && is_combining_mark(c)
}
