//! Interprets every function until no summary changes, then gathers the flows.

use castellan_model::Confidence;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::analysis::{FunctionResult, Hit, HitOrigin, interpret};
use super::guards::Guards;
use super::sources::{Source, SourceKind, entry_source};
use super::summary::{Sink, SinkSite, Step, StepKind, Summary};
use crate::program::{Function, FunctionId, Program, Role};
use crate::rule::Report;
use crate::rules::CallTable;
use crate::source::Site;

/// Rounds after which an unusually long chain of calls is left as it is.
const MAX_ROUNDS: usize = 8;

/// One way from a source to a sink.
pub struct Flow<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The sink.
    pub sink: SinkSite,
    /// The source that ranks highest.
    pub source: Source,
    /// The way, first step first.
    pub steps: Vec<Step>,
    /// Guards on the way.
    pub guards: Guards,
    /// Whether it crosses a call.
    pub crosses_calls: bool,
    /// The function in which the source comes in.
    pub entry: FunctionId,
    /// What the function of the sink does.
    pub summary: &'v Summary,
    /// What the function of the source does.
    pub entry_summary: &'v Summary,
}

impl<'v> Flow<'v> {
    /// The function that holds the sink.
    #[must_use]
    pub fn function(&self) -> &'v Function<'v> {
        self.program.function(self.sink.function)
    }

    /// The function in which the source comes in.
    #[must_use]
    pub fn entry_function(&self) -> &'v Function<'v> {
        self.program.function(self.entry)
    }

    /// How sure the flow is.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        // Text that runs as code is dangerous whoever wrote it.
        let runs = matches!(self.sink.sink, Sink::Eval | Sink::Shell | Sink::Pickle | Sink::Template);
        if runs && self.source.kind == SourceKind::Stored { Confidence::Medium } else { self.source.kind.confidence() }
    }

    /// The source and who chooses it: "`name`, which every logged-in user can send over RPC".
    #[must_use]
    pub fn source_words(&self) -> String {
        format!("`{}`, which {}", self.source.name, self.source.kind.who())
    }
}

/// Everything that the engine found.
pub struct FlowResults {
    /// Summaries by function.
    pub summaries: Vec<Summary>,
    /// Reports of call rules: index of the rule, report.
    pub reports: Vec<(usize, FunctionId, Report)>,
    hits: Vec<(FunctionId, Hit)>,
    called: FxHashSet<FunctionId>,
}

/// Interprets the program.
#[must_use]
pub fn run(program: &Program<'_>, table: &CallTable) -> FlowResults {
    let count = program.functions.len();
    let wanted: Vec<bool> = program
        .functions
        .iter()
        .map(|function| matches!(program.unit(function.unit).role, Role::Server | Role::Migration))
        .collect();
    let mut results: Vec<FunctionResult> = Vec::new();
    results.resize_with(count, FunctionResult::default);
    let mut summaries: Vec<Summary> = vec![Summary::default(); count];
    let mut dirty: Vec<usize> = (0..count).filter(|index| wanted[*index]).collect();
    for _ in 0..MAX_ROUNDS {
        if dirty.is_empty() {
            break;
        }
        let fresh: Vec<(usize, FunctionResult)> = dirty
            .par_iter()
            .map(|index| {
                (*index, interpret(program, FunctionId(u32::try_from(*index).unwrap_or(0)), &summaries, table))
            })
            .collect();
        let mut changed: FxHashSet<FunctionId> = FxHashSet::default();
        for (index, result) in fresh {
            if result.summary != summaries[index] {
                changed.insert(FunctionId(u32::try_from(index).unwrap_or(0)));
                summaries[index] = result.summary.clone();
            }
            results[index] = result;
        }
        dirty = (0..count)
            .filter(|index| wanted[*index] && results[*index].callees.iter().any(|callee| changed.contains(callee)))
            .collect();
    }
    let mut hits = Vec::new();
    let mut reports = Vec::new();
    let mut called = FxHashSet::default();
    for (index, result) in results.into_iter().enumerate() {
        let id = FunctionId(u32::try_from(index).unwrap_or(0));
        called.extend(result.callees.iter().copied().filter(|callee| *callee != id));
        hits.extend(result.hits.into_iter().map(|hit| (id, hit)));
        reports.extend(result.reports.into_iter().map(|(rule, report)| (rule, id, report)));
    }
    FlowResults { summaries, reports, hits, called }
}

struct Candidate {
    source: Source,
    steps: Vec<Step>,
    guards: Guards,
    entry: FunctionId,
    through_call: bool,
}

impl FlowResults {
    /// One flow for every sink that a source reaches: the highest source, then the shortest way.
    #[must_use]
    pub fn flows<'v>(&'v self, program: &'v Program<'v>) -> Vec<Flow<'v>> {
        let mut best: FxHashMap<(Site, super::Sink), (SinkSite, Vec<Candidate>)> = FxHashMap::default();
        for (function, hit) in &self.hits {
            for (origin, steps) in &hit.origins {
                let Some(candidate) = self.candidate(program, *function, hit, origin, steps) else { continue };
                let entry = best.entry((hit.sink.site, hit.sink.sink)).or_insert_with(|| (hit.sink, Vec::new()));
                entry.1.push(candidate);
            }
        }
        let mut flows: Vec<Flow<'v>> = Vec::with_capacity(best.len());
        for (_, (sink, mut candidates)) in best {
            // A guarded way says nothing when another one is open.
            candidates.sort_by(|a, b| {
                (std::cmp::Reverse(a.source.kind), a.guards.bits().count_ones(), a.steps.len(), a.source.site).cmp(&(
                    std::cmp::Reverse(b.source.kind),
                    b.guards.bits().count_ones(),
                    b.steps.len(),
                    b.source.site,
                ))
            });
            let Some(first) = candidates.into_iter().next() else { continue };
            flows.push(Flow {
                program,
                sink,
                source: first.source,
                steps: first.steps,
                guards: first.guards,
                crosses_calls: first.through_call,
                entry: first.entry,
                summary: &self.summaries[sink.function.0 as usize],
                entry_summary: &self.summaries[first.entry.0 as usize],
            });
        }
        flows.sort_by_key(|flow| (flow.sink.site, flow.sink.sink));
        flows
    }

    fn candidate(
        &self,
        program: &Program<'_>,
        id: FunctionId,
        hit: &Hit,
        origin: &HitOrigin,
        steps: &[Step],
    ) -> Option<Candidate> {
        let guards = hit.guards | self.summaries[id.0 as usize].guards;
        let parameter = match origin {
            HitOrigin::Source(source) => {
                return Some(Candidate {
                    source: *source,
                    steps: steps.to_vec(),
                    guards,
                    entry: id,
                    through_call: hit.through_call,
                });
            }
            HitOrigin::Parameter(parameter) => *parameter as usize,
        };
        let function = program.function(id);
        let name = function.parameters.get(parameter).copied()?;
        let kind = match entry_source(program, id, parameter) {
            Some(kind) => kind,
            // What the callers pass was followed; only a function that nothing calls keeps its own parameter.
            None if self.called.contains(&id) || function.is_field_hook => return None,
            None if parameter == 0 && function.class.is_some() => return None,
            None => SourceKind::Private,
        };
        let node = function.node?;
        let site = node.parameters.iter().find(|candidate| candidate.name().as_str() == name).map_or_else(
            || program.site(function.unit, &node.name),
            |candidate| program.site(function.unit, candidate.name()),
        );
        let name = ustr::Ustr::from(name);
        let source = Source { kind, site, name };
        let enters = format!("`{name}` comes in through `{}`, which {}", function.name, kind.who());
        let mut path = vec![Step { site, what: StepKind::Enters(ustr::Ustr::from(&enters)) }];
        path.extend_from_slice(steps);
        Some(Candidate { source, steps: path, guards, entry: id, through_call: hit.through_call })
    }
}
