//! Writing a file of cases.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use sms_domain::decision::OrganizationSnapshot;
use sms_domain::ports::RuleSet;
use sms_domain::values::ids::{MessageId, OrganizationId};

use super::{
    Block, FiledBasis, FiledCase, FiledLaw, FrameKind, Header, LARGEST, MARK, VERSION, WARNING,
    checksum,
};
use crate::case::{CaseBasis, StoredCase};

/// The cases of a block, besides those of its last message.
const OF_A_BLOCK: usize = 1_000;

/// Writes cases under their pseudonyms.
#[derive(Debug)]
pub struct CaseWriter<W> {
    out: W,
    header: Header,
    /// The places of the laws in the file, by their hashes.
    laws: HashMap<String, u32>,
    block: Block,
    /// The places of facts in the block, by where they are in memory; with them, so that they stay there.
    facts: HashMap<usize, (u32, Arc<OrganizationSnapshot>)>,
    last: Option<(OrganizationId, MessageId)>,
    messages: u64,
    cases: u64,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Block of {} cases", self.cases.len())
    }
}

impl<W: Write> CaseWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(mut out: W, header: Header) -> io::Result<Self> {
        writeln!(out, "{MARK}{VERSION}: {WARNING}")?;
        serde_json::to_writer(&mut out, &header)?;
        writeln!(out)?;
        Ok(Self {
            out,
            header,
            laws: HashMap::new(),
            block: Block::default(),
            facts: HashMap::new(),
            last: None,
            messages: 0,
            cases: 0,
        })
    }

    /// The law of a case that is to be added before it ([`CaseWriter::add_law`]).
    #[must_use]
    pub fn lacks(&self, case: &StoredCase) -> Option<&'static str> {
        let version = case.basis.as_ref().ok()?.law.version();
        (!self.laws.contains_key(version)).then_some(version)
    }

    /// Adds a law.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add_law(&mut self, set: RuleSet) -> io::Result<()> {
        let place = u32::try_from(self.laws.len()).unwrap_or(u32::MAX);
        self.laws.insert(set.hash.clone(), place);
        let law = FiledLaw {
            hash: set.hash,
            files: set.files,
        };
        write_frame(&mut self.out, FrameKind::Law, &law)
    }

    /// Adds a case under its pseudonyms ([`crate::Renaming`]). The cases of a message must follow each other.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, case: &StoredCase) -> io::Result<()> {
        let message = (case.organization_id, case.message_id);
        if self.last != Some(message) {
            if self.block.cases.len() >= OF_A_BLOCK {
                self.end_block()?;
            }
            self.last = Some(message);
            self.messages += 1;
        }
        let filed = FiledCase {
            organization: self.organization(case.organization_id),
            message: self.messages,
            recorded: self.header.names.filed(&case.recorded),
            basis: self.basis(case),
        };
        self.block.cases.push(filed);
        self.cases += 1;
        Ok(())
    }

    fn organization(&mut self, id: OrganizationId) -> u32 {
        let organizations = &mut self.block.organizations;
        if organizations.last() != Some(&id) {
            organizations.push(id);
        }
        u32::try_from(organizations.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    fn basis(&mut self, case: &StoredCase) -> FiledBasis {
        let CaseBasis {
            law,
            snapshot,
            organization,
            ties,
        } = match &case.basis {
            Ok(basis) => basis,
            Err(reason) => return FiledBasis::missing(*reason),
        };
        let facts = &mut self.block.facts;
        let next = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        let address = Arc::as_ptr(organization).addr();
        let (place, _) = self.facts.entry(address).or_insert_with(|| {
            facts.push((**organization).clone());
            (next, Arc::clone(organization))
        });
        FiledBasis::Kept {
            law: self.laws.get(law.version()).copied().unwrap_or(u32::MAX),
            facts: *place,
            snapshot: Box::new(snapshot.clone()),
            ties: ties.clone().unwrap_or_default(),
        }
    }

    fn end_block(&mut self) -> io::Result<()> {
        self.facts.clear();
        let block = std::mem::take(&mut self.block);
        write_frame(&mut self.out, FrameKind::Cases, &block)
    }

    /// Ends the file; how many cases it has.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> io::Result<u64> {
        if !self.block.cases.is_empty() {
            self.end_block()?;
        }
        write_frame(&mut self.out, FrameKind::End, &self.cases)?;
        self.out.flush()?;
        Ok(self.cases)
    }
}

fn write_frame(out: &mut impl Write, kind: FrameKind, content: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_allocvec(content).map_err(io::Error::other)?;
    let content = lz4_flex::compress_prepend_size(&bytes);
    let length = u32::try_from(content.len()).map_err(io::Error::other)?;
    if bytes.len() > LARGEST {
        return Err(io::Error::other("a message has too many decisions"));
    }
    out.write_all(&[kind as u8])?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&checksum(&content))?;
    out.write_all(&content)
}
