//! The order of measurements, and which pairs form a ratio. A measurement and its limit follow each other
//! directly, because other guests on the host change the speed of the machine.

mod fairness;
mod latencies;
mod lists;
mod overloads;

use std::time::Duration;

use chrono::TimeDelta;

use crate::database::Server;
use crate::limit::{Achieved, Limit, Row};
use crate::machine::CpuTime;
use crate::machine::float;
use crate::options::Options;
use crate::product::say;
use crate::report::{Asked, Goals, Kind, Report};
use crate::rows::{self, Accept, Accepted, Dispatch, Whom};
use crate::storage::heap_only_share;
use crate::world::{Targets, Templates, Wanted};

/// Everything that measurements need.
pub(crate) struct Bench<'s> {
    pub(crate) options: Options,
    pub(crate) server: &'s Server,
    pub(crate) templates: Templates,
    pub(crate) targets: Targets,
    pub(crate) limit: Limit<'s>,
}

const fn asked(name: &'static str, kind: Kind, must: f64, aim: f64) -> Asked {
    Asked {
        name,
        kind,
        goals: Some(Goals { must, aim }),
    }
}

const fn share(name: &'static str, must: f64, aim: f64) -> Asked {
    asked(name, Kind::Share, must, aim)
}

const fn milliseconds(name: &'static str, must: f64, aim: f64) -> Asked {
    asked(name, Kind::Milliseconds, must, aim)
}

/// For information.
const fn shown(name: &'static str, kind: Kind) -> Asked {
    Asked {
        name,
        kind,
        goals: None,
    }
}

/// For information: the same measurement against the least row.
const fn against_least(name: &'static str) -> Asked {
    shown(name, Kind::Share)
}

const ACCEPT: Asked = share("accept, 32 connections ÷ message rows", 0.55, 0.8);
const ACCEPT_LEAST: Asked = against_least("accept, 32 connections ÷ least rows");
const ACCEPT_128: Asked = share("accept, 128 connections ÷ message rows", 0.95, 1.2);
const ACCEPT_128_LEAST: Asked = against_least("accept, 128 connections ÷ least rows");
const ACCEPT_ALONE: Asked = share(
    "accept, one organization, 32 connections ÷ message rows",
    0.6,
    0.8,
);
const ACCEPT_ALONE_LEAST: Asked =
    against_least("accept, one organization, 32 connections ÷ least rows");
const ACCEPT_P99: Asked = asked(
    "accept p99, 32 connections ÷ mean latency of message rows",
    Kind::Multiple,
    8.0,
    5.0,
);
const ONE_CLIENT: Asked =
    milliseconds("accept p50, one client − mean of one message row", 2.0, 1.0);
const DISPATCH: Asked = share(
    "dispatch, carrier without latency ÷ message rows",
    0.85,
    1.0,
);
const DISPATCH_LEAST: Asked = against_least("dispatch, carrier without latency ÷ least rows");
const DISPATCH_CPU: Asked = asked(
    "dispatch, Postgres's processor time of a message",
    Kind::Microseconds,
    140.0,
    100.0,
);
const DISPATCH_LOG: Asked = asked("dispatch, log of a message", Kind::Kilobytes, 3.5, 2.0);
const HEAP_ONLY: Asked = share(
    "dispatch, heap-only share of the updates of messages",
    0.8,
    0.95,
);
const ACCEPT_LOG: Asked = asked("accept, log of a message", Kind::Kilobytes, 1.6, 1.2);
const DISPATCH_64: Asked = share("dispatch, 20 ms, 64 in flight ÷ ideal", 0.85, 0.9);
const DISPATCH_256: Asked = share("dispatch, 20 ms, 256 in flight ÷ ideal", 0.9, 0.95);
const RECEIPTS: Asked = share("receipts ÷ the same writes", 0.8, 1.2);
const ACCEPT_LARGE: Asked = share("accept, large table ÷ empty table", 0.8, 0.95);
const DISPATCH_LARGE: Asked = share("dispatch, large table ÷ empty table", 0.8, 0.95);
const DISPATCH_DUE: Asked = share(
    "dispatch, 150 k due at once, stale statistics ÷ empty table",
    0.85,
    0.95,
);
/// The carrier's latency in the 20 ms rows.
const LATENCY: TimeDelta = TimeDelta::milliseconds(20);

/// Measures everything and prints the table.
pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    // Both TLS users in the product require a crypto provider, although nothing here uses TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start(options).await?;
    let result = measure(&server, options).await;
    server.stop().await?;
    result
}

async fn measure(server: &Server, options: &Options) -> anyhow::Result<()> {
    say(&server.described().await?);
    let large = [ACCEPT_LARGE, DISPATCH_LARGE, DISPATCH_DUE];
    let wanted = Wanted {
        large: large.iter().any(|asked| options.wants(asked.name)),
        floods: fairness::is_wanted(options),
        listed: lists::is_wanted(options),
    };
    let templates = Templates::prepare(server, options, wanted).await?;
    let bench = Bench {
        options: options.clone(),
        server,
        limit: Limit::prepare(server, options).await?,
        templates,
        targets: Targets::new(options),
    };
    say(&format!(
        "limit: {}; {} organizations, {} queued, {} scheduled; the client shares the processors",
        bench.limit.described(),
        options.organizations,
        options.queued,
        options.scheduled
    ));
    let mut report = Report::default();
    let before = CpuTime::now();
    for round in 1..=options.rounds {
        say(&format!("round {round}"));
        bench.accepts(&mut report).await?;
        bench.dispatches(&mut report).await?;
        bench.overloads(&mut report).await?;
        bench.fairness(&mut report).await?;
        bench.lists(&mut report).await?;
        bench.latencies(&mut report).await?;
    }
    say(&format!(
        "stolen from this machine: {:.1} %",
        CpuTime::now().stolen_since(before)
    ));
    say(&report.table());
    Ok(())
}

impl Bench<'_> {
    async fn accepts(&self, report: &mut Report) -> anyhow::Result<()> {
        let empty = &self.templates.empty;
        let mut of_empty = None;
        if self.wants(&[ACCEPT, ACCEPT_P99, ACCEPT_LARGE]) {
            let (limit, accepted) = self
                .accept(empty, 32, Whom::Shared, [ACCEPT, ACCEPT_LEAST], report)
                .await?;
            let p99 = accepted.p99_ms;
            report.add_against(ACCEPT_P99, p99 / limit.mean_ms, p99, limit.mean_ms);
            if let Some(logged) = accepted.logged_kilobytes {
                report.add(ACCEPT_LOG, logged);
            }
            of_empty = Some(accepted.per_second);
        }
        if self.wants(&[ACCEPT_128]) {
            let asked = [ACCEPT_128, ACCEPT_128_LEAST];
            self.accept(empty, 128, Whom::Shared, asked, report).await?;
        }
        if self.wants(&[ACCEPT_ALONE]) {
            let asked = [ACCEPT_ALONE, ACCEPT_ALONE_LEAST];
            self.accept(empty, 32, Whom::Alone, asked, report).await?;
        }
        if self.wants(&[ONE_CLIENT]) {
            self.one_client(report).await?;
        }
        if let Some(of_empty) = of_empty.filter(|_| self.wants(&[ACCEPT_LARGE])) {
            let what = Accept {
                template: &self.templates.large,
                connections: 32,
                whom: Whom::Shared,
            };
            let accepted = self
                .watched(ACCEPT_LARGE, rows::accept(self, &what))
                .await?;
            let large = accepted.per_second;
            report.add_against(ACCEPT_LARGE, large / of_empty, large, of_empty);
        }
        Ok(())
    }

    async fn accept(
        &self,
        template: &str,
        connections: usize,
        whom: Whom,
        [asked, asked_of_least]: [Asked; 2],
        report: &mut Report,
    ) -> anyhow::Result<(Achieved, Accepted)> {
        let limit = self.inserts(Row::Message, 32).await?;
        let what = Accept {
            template,
            connections,
            whom,
        };
        let accepted = self.watched(asked, rows::accept(self, &what)).await?;
        let (measured, limited) = (accepted.per_second, limit.per_second);
        say(&format!(
            "    {measured:.0}/s of {limited:.0}/s, p50 {:.1} ms, p99 {:.1} ms of {:.1} ms",
            accepted.p50_ms, accepted.p99_ms, limit.mean_ms
        ));
        report.add_against(asked, measured / limited, measured, limited);
        self.against_least(asked_of_least, measured, report).await?;
        Ok((limit, accepted))
    }

    async fn inserts(&self, row: Row, clients: usize) -> anyhow::Result<Achieved> {
        let span = self.options.span();
        self.limit.inserts(row, clients, span).await
    }

    async fn against_least(
        &self,
        asked: Asked,
        measured: f64,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let least = self.inserts(Row::Least, 32).await?.per_second;
        report.add_against(asked, measured / least, measured, least);
        Ok(())
    }

    async fn one_client(&self, report: &mut Report) -> anyhow::Result<()> {
        let limit = self.inserts(Row::Message, 1).await?;
        let what = Accept {
            template: &self.templates.empty,
            connections: 1,
            whom: Whom::Shared,
        };
        let accepted = self.watched(ONE_CLIENT, rows::accept(self, &what)).await?;
        let (p50, mean) = (accepted.p50_ms, limit.mean_ms);
        report.add_against(ONE_CLIENT, p50 - mean, p50, mean);
        Ok(())
    }

    async fn dispatches(&self, report: &mut Report) -> anyhow::Result<()> {
        let all = [
            DISPATCH,
            DISPATCH_64,
            DISPATCH_256,
            RECEIPTS,
            DISPATCH_LARGE,
            DISPATCH_DUE,
        ];
        if !self.wants(&all) {
            return Ok(());
        }
        let limit = self.inserts(Row::Message, 32).await?;
        let at_once = self.options.in_flight;
        let sent = self
            .dispatch(DISPATCH, &self.templates.queued, None, at_once)
            .await?;
        let most = sent.per_second;
        say(&format!("    {most:.0}/s of {:.0}/s", limit.per_second));
        report.add_against(DISPATCH, most / limit.per_second, most, limit.per_second);
        report.add(DISPATCH_CPU, sent.postgres_micros);
        if let Some(logged) = sent.logged_kilobytes {
            report.add(DISPATCH_LOG, logged);
        }
        report.add(HEAP_ONLY, heap_only_share(&sent.database).await?);
        self.against_least(DISPATCH_LEAST, most, report).await?;
        if self.wants(&[RECEIPTS]) {
            self.receipts(&sent, report).await?;
        }
        self.server.drop(sent.database).await?;
        for (asked, in_flight) in [(DISPATCH_64, 64), (DISPATCH_256, 256)] {
            let queued = &self.templates.queued;
            self.dispatch_against(asked, queued, Some(LATENCY), in_flight, most, report)
                .await?;
        }
        for (asked, template) in [
            (DISPATCH_LARGE, &self.templates.large),
            (DISPATCH_DUE, &self.templates.due),
        ] {
            self.dispatch_against(asked, template, None, at_once, most, report)
                .await?;
        }
        Ok(())
    }

    async fn dispatch_against(
        &self,
        asked: Asked,
        template: &str,
        latency: Option<TimeDelta>,
        in_flight: usize,
        most: f64,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        if !self.wants(&[asked]) {
            return Ok(());
        }
        let sent = self.dispatch(asked, template, latency, in_flight).await?;
        let rate = sent.per_second;
        let ideal = float(u64::try_from(in_flight)?) / sent.latency;
        let limit = latency.map_or(most, |_| most.min(ideal));
        say(&format!("    {rate:.0}/s of {limit:.0}/s"));
        report.add_against(asked, rate / limit, rate, limit);
        self.server.drop(sent.database).await
    }

    async fn dispatch(
        &self,
        asked: Asked,
        template: &str,
        latency: Option<TimeDelta>,
        in_flight: usize,
    ) -> anyhow::Result<rows::Dispatched> {
        let what = Dispatch {
            template,
            latency,
            in_flight,
        };
        self.watched(asked, rows::dispatch(self, &what)).await
    }

    async fn receipts(&self, sent: &rows::Dispatched, report: &mut Report) -> anyhow::Result<()> {
        let rate = self.watched(RECEIPTS, rows::receipts(self, sent)).await?;
        let limit = rows::same_writes(self, &sent.database).await?.per_second;
        say(&format!("    {rate:.0}/s of {limit:.0}/s"));
        report.add_against(RECEIPTS, rate / limit, rate, limit);
        Ok(())
    }

    fn wants(&self, asked: &[Asked]) -> bool {
        asked.iter().any(|asked| self.options.wants(asked.name))
    }

    /// Prints what is measured, and the processor time used.
    async fn watched<T>(
        &self,
        asked: Asked,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        // The connections of the previous measurement are still closing.
        crate::machine::pause(Duration::from_millis(200)).await;
        let before = CpuTime::now();
        let done = work.await.map_err(|error| error.context(asked.name));
        let after = CpuTime::now();
        let (stolen, idle) = (after.stolen_since(before), after.idle_since(before));
        say(&format!(
            "  {}: stolen {stolen:.1} %, idle {idle:.0} %",
            asked.name
        ));
        done
    }
}
