//! Prints the reading of each text in a CSV table from standard input. The header names the column `text` and
//! optionally `sent`.

use std::error::Error;
use std::io;

use sms_keywords::Machine;

fn main() -> Result<(), Box<dyn Error>> {
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(io::stdin());
    let head = rows.headers()?.clone();
    let text = head
        .iter()
        .position(|name| name == "text")
        .ok_or("no column text")?;
    let sent = head.iter().position(|name| name == "sent");
    let mut readings = csv::Writer::from_writer(io::stdout());
    readings.write_record(["keyword", "step", "speaker", "machine", "folded"])?;
    for row in rows.records() {
        let row = row?;
        let sent = sent.and_then(|column| row.get(column)).unwrap_or_default();
        let text = row.get(text).unwrap_or_default();
        let read = sms_keywords::understand(text, &[sent]);
        readings.write_record([
            read.classification.keyword.code(),
            read.classification.step.code(),
            read.speaker.code(),
            read.speaker.machine().map_or("", Machine::code),
            &sms_text::fold(text),
        ])?;
    }
    readings.flush()?;
    Ok(())
}
