package dev.millrace.session.plan;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.List;

/** What a run feeds, fetches and runs: the key under which its plan is kept. */
public record Signature(List<Output> feeds, List<Output> fetches, List<Operation> targets) {
  public Signature {
    feeds = List.copyOf(feeds);
    fetches = List.copyOf(fetches);
    targets = List.copyOf(targets);
  }
}
