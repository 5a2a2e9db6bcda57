//! Reading a file of cases: blocks in their order, which can be decoded beside each other.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use sms_domain::law::RuleData;
use sms_domain::ports::RuleSet;
use sms_domain::values::ids::MessageId;
use uuid::Uuid;

use super::names::Dictionary;
use super::{
    Block, FiledBasis, FiledCase, FiledLaw, FrameKind, Header, LARGEST, MARK, VERSION, checksum,
};
use crate::case::{CaseBasis, NotReplayable, StoredCase};
use crate::laws::law_of;

/// The longest header.
const LONGEST_LINE: u64 = 1 << 20;

/// A file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaseFileError {
    /// The medium does not answer.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It does not begin as one.
    #[error("it is no file of cases, which `rules export` writes")]
    NotOne,
    /// Another release wrote it in another form.
    #[error("it has the version {0}, and this build reads version {VERSION}: export it again")]
    OtherVersion(String),
    /// It names a result that this build does not have.
    #[error("it names {0:?}, which this build does not know: export it again")]
    UnknownName(String),
    /// It ends too early.
    #[error("it is cut off")]
    CutOff,
    /// It is not as it was written.
    #[error("it is damaged")]
    Damaged,
}

/// A file of cases that is being read.
#[derive(Debug)]
pub struct CaseFile<R> {
    input: R,
    header: Header,
    dictionary: Arc<Dictionary>,
    laws: Arc<Vec<Option<&'static RuleData>>>,
    cases: u64,
}

/// A block that is not decoded yet.
#[derive(Debug)]
pub struct RawBlock {
    content: Vec<u8>,
    sum: [u8; 8],
    dictionary: Arc<Dictionary>,
    laws: Arc<Vec<Option<&'static RuleData>>>,
}

impl<R: BufRead> CaseFile<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// [`CaseFileError`].
    pub fn open(mut input: R) -> Result<Self, CaseFileError> {
        let first = line(&mut input)?;
        let version = first
            .strip_prefix(MARK)
            .and_then(|rest| rest.split_once(": "));
        let (version, _) = version.ok_or(CaseFileError::NotOne)?;
        if version != VERSION.to_string() {
            return Err(CaseFileError::OtherVersion(version.to_owned()));
        }
        let header = line(&mut input)?;
        let header: Header = serde_json::from_str(&header).map_err(|_| CaseFileError::Damaged)?;
        Ok(Self {
            dictionary: Arc::new(header.names.dictionary()?),
            input,
            header,
            laws: Arc::default(),
            cases: 0,
        })
    }

    /// What the file says about itself.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The number of cases, known once all blocks are read.
    #[must_use]
    pub const fn cases(&self) -> u64 {
        self.cases
    }

    /// The next block; `None` = there are no more.
    ///
    /// # Errors
    /// [`CaseFileError`].
    pub fn next_block(&mut self) -> Result<Option<RawBlock>, CaseFileError> {
        loop {
            let (kind, sum, content) = self.frame()?;
            match kind {
                FrameKind::Law => self.add_law(decoded(&content, sum)?),
                FrameKind::Cases => {
                    return Ok(Some(RawBlock {
                        content,
                        sum,
                        dictionary: Arc::clone(&self.dictionary),
                        laws: Arc::clone(&self.laws),
                    }));
                }
                FrameKind::End => {
                    self.cases = decoded(&content, sum)?;
                    return Ok(None);
                }
            }
        }
    }

    fn add_law(&mut self, FiledLaw { hash, files }: FiledLaw) {
        let law = law_of(RuleSet { hash, files });
        Arc::make_mut(&mut self.laws).push(law);
    }

    fn frame(&mut self) -> Result<(FrameKind, [u8; 8], Vec<u8>), CaseFileError> {
        let kind = self.bytes::<1>()?;
        let kind = [FrameKind::Law, FrameKind::Cases, FrameKind::End]
            .into_iter()
            .find(|one| [*one as u8] == kind)
            .ok_or(CaseFileError::Damaged)?;
        let length = u32::from_le_bytes(self.bytes()?);
        let length = usize::try_from(length).map_err(|_| CaseFileError::Damaged)?;
        if length > LARGEST {
            return Err(CaseFileError::Damaged);
        }
        let sum = self.bytes()?;
        let mut content = vec![0; length];
        self.input.read_exact(&mut content).map_err(cut_off)?;
        Ok((kind, sum, content))
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], CaseFileError> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).map_err(cut_off)?;
        Ok(bytes)
    }
}

impl RawBlock {
    /// The cases of the block.
    ///
    /// # Errors
    /// [`CaseFileError`].
    pub fn cases(self) -> Result<Vec<StoredCase>, CaseFileError> {
        let block: Block = decoded(&self.content, self.sum)?;
        let facts: Vec<_> = block.facts.into_iter().map(Arc::new).collect();
        let case = |filed: FiledCase| {
            let FiledCase {
                organization,
                message,
                recorded,
                basis,
            } = filed;
            Some(StoredCase {
                organization_id: *block
                    .organizations
                    .get(usize::try_from(organization).ok()?)?,
                message_id: MessageId::new(Uuid::from_u128(message.into())),
                recorded: self.dictionary.recorded(recorded)?,
                basis: match basis {
                    FiledBasis::Kept {
                        law,
                        facts: place,
                        snapshot,
                        ties,
                    } => {
                        let law = *self.laws.get(usize::try_from(law).ok()?)?;
                        law.ok_or(NotReplayable::LawUnknown).and_then(|law| {
                            let place = usize::try_from(place).ok();
                            let organization = place.and_then(|place| facts.get(place));
                            let organization = organization.ok_or(NotReplayable::Unreadable)?;
                            Ok(CaseBasis {
                                law,
                                snapshot: *snapshot,
                                organization: Arc::clone(organization),
                                ties: Some(ties),
                            })
                        })
                    }
                    FiledBasis::NoFacts => Err(NotReplayable::NoFacts),
                    FiledBasis::LawUnknown => Err(NotReplayable::LawUnknown),
                    FiledBasis::Unreadable => Err(NotReplayable::Unreadable),
                },
            })
        };
        let cases: Option<Vec<StoredCase>> = block.cases.into_iter().map(case).collect();
        cases.ok_or(CaseFileError::Damaged)
    }
}

fn line(input: &mut impl BufRead) -> Result<String, CaseFileError> {
    let mut bytes = Vec::new();
    input.take(LONGEST_LINE).read_until(b'\n', &mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| CaseFileError::NotOne)?;
    text.strip_suffix('\n')
        .map(str::to_owned)
        .ok_or(CaseFileError::NotOne)
}

fn decoded<T: DeserializeOwned>(content: &[u8], sum: [u8; 8]) -> Result<T, CaseFileError> {
    let length = content
        .first_chunk()
        .map(|bytes| u32::from_le_bytes(*bytes));
    let length = length.and_then(|length| usize::try_from(length).ok());
    if checksum(content) != sum || length.is_none_or(|length| length > LARGEST) {
        return Err(CaseFileError::Damaged);
    }
    let bytes = lz4_flex::decompress_size_prepended(content);
    let bytes = bytes.map_err(|_| CaseFileError::Damaged)?;
    postcard::from_bytes(&bytes).map_err(|_| CaseFileError::Damaged)
}

fn cut_off(error: io::Error) -> CaseFileError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        CaseFileError::CutOff
    } else {
        CaseFileError::Io(error)
    }
}
