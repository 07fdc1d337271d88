package dev.millrace.session.trace;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The tables of a trace. */
final class TraceTable {
  private static final String HEADER = "%8s %11s %10s %6s %10s %8s %7s  ";

  private final int runs;
  private final long dropped;
  private final List<TraceEvent> events;

  TraceTable(Trace trace) {
    this.runs = Math.max(1, trace.runs());
    this.dropped = trace.dropped();
    this.events = trace.events();
  }

  /** The sums of a row. */
  private static final class Sum {
    private final StepInfo first;
    private long count;
    private long nanos;
    private double bytes;
    private double flops;

    Sum(StepInfo first) {
      this.first = first;
    }

    void add(TraceEvent e) {
      count++;
      nanos += e.nanos();
      bytes += e.step().bytes();
      flops += e.step().flops();
    }
  }

  private List<Sum> sums(Function<StepInfo, Object> key) {
    Map<Object, Sum> rows = new LinkedHashMap<>();
    for (TraceEvent e : events) {
      if (!e.isSpan()) {
        rows.computeIfAbsent(key.apply(e.step()), k -> new Sum(e.step())).add(e);
      }
    }
    return rows.values().stream().sorted(Comparator.comparingLong((Sum s) -> -s.nanos)).toList();
  }

  private long runNanos() {
    return events.stream()
        .filter(e -> e.isSpan() && e.step().opType().equals("_Run"))
        .mapToLong(TraceEvent::nanos)
        .sum();
  }

  String byType() {
    long all = runNanos();
    List<Sum> rows = sums(s -> List.of(s.opType(), s.kernel()));
    long inSteps = rows.stream().mapToLong(r -> r.nanos).sum();
    StringBuilder b = head(all, inSteps);
    header(b, "op type");
    for (Sum s : rows) {
      row(b, s, all);
      b.append(s.first.opType());
      if (!s.first.kernel().equals("fast")) {
        b.append(" (").append(s.first.kernel()).append(')');
      }
      b.append('\n');
    }
    return b.toString();
  }

  String slowest(int n) {
    long all = runNanos();
    List<Sum> rows = sums(s -> List.of(s.opType(), s.kernel(), s.name(), s.outputs()));
    StringBuilder b = new StringBuilder();
    header(b, "step");
    for (Sum s : rows.subList(0, Math.min(n, rows.size()))) {
      row(b, s, all);
      b.append(s.first.name()).append(" (").append(s.first.opType());
      if (!s.first.kernel().equals("fast")) {
        b.append(", ").append(s.first.kernel());
      }
      b.append(')');
      if (!s.first.outputs().isEmpty()) {
        b.append(" -> ").append(String.join(", ", s.first.outputs()));
      }
      if (!s.first.nodes().isEmpty()) {
        b.append(" = ").append(String.join(", ", s.first.nodes()));
      }
      b.append('\n');
    }
    return b.toString();
  }

  private StringBuilder head(long all, long inSteps) {
    StringBuilder b = new StringBuilder();
    b.append(
        format(
            "%d run%s, %.1f us each; %.1f %% of the time in steps, %.1f us a run between them%n",
            runs,
            runs == 1 ? "" : "s",
            all / 1e3 / runs,
            100.0 * inSteps / Math.max(1, all),
            (all - inSteps) / 1e3 / runs));
    if (dropped > 0) {
      b.append(format("%d events were left out%n", dropped));
    }
    return b;
  }

  private static void header(StringBuilder b, String last) {
    b.append(format(HEADER, "count", "total ms", "us/run", "share", "mean us", "GFLOP/s", "GB/s"));
    b.append(last).append('\n');
  }

  private void row(StringBuilder b, Sum s, long all) {
    b.append(
        format(
            HEADER,
            s.count,
            format("%.3f", s.nanos / 1e6),
            format("%.1f", s.nanos / 1e3 / runs),
            format("%.1f%%", 100.0 * s.nanos / Math.max(1, all)),
            format("%.2f", s.nanos / 1e3 / s.count),
            rate(s.flops, s.nanos),
            rate(s.bytes, s.nanos)));
  }

  private static String rate(double amount, long nanos) {
    return amount == 0 || nanos == 0 ? "" : format("%.1f", amount / nanos);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
  }
}
