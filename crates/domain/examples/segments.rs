//! Measures texts: reads one JSON string per line, writes one [`Segmentation`] as JSON per line.
//!
//! `tests/oracles/segmentation` compares its answers with those of published libraries.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};

use sms_domain::content::Segmentation;

fn main() -> Result<(), Box<dyn Error>> {
    let mut answers = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut answers, &Segmentation::of(&text))?;
        answers.write_all(b"\n")?;
    }
    answers.flush()?;
    Ok(())
}
