package dev.millrace.session.trace;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Events in Chrome's trace event format. */
final class ChromeJson {
  private ChromeJson() {}

  static void write(List<TraceEvent> events, Appendable to) throws IOException {
    long zero = events.stream().mapToLong(TraceEvent::start).min().orElse(0);
    Map<String, Integer> threads = new LinkedHashMap<>();
    to.append("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
    String separator = "\n";
    for (TraceEvent e : events) {
      int thread = threads.computeIfAbsent(e.thread(), k -> threads.size() + 1);
      to.append(separator);
      write(e, zero, thread, to);
      separator = ",\n";
    }
    for (Map.Entry<String, Integer> t : threads.entrySet()) {
      to.append(separator)
          .append("{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":")
          .append(t.getValue().toString())
          .append(",\"args\":{\"name\":")
          .append(quoted(t.getKey()))
          .append("}}");
    }
    to.append("\n]}\n");
  }

  private static void write(TraceEvent e, long zero, int thread, Appendable to) throws IOException {
    StepInfo s = e.step();
    to.append("{\"name\":")
        .append(quoted(e.isSpan() ? s.name() : s.opType()))
        .append(",\"cat\":")
        .append(quoted(s.kernel()))
        .append(",\"ph\":\"X\",\"pid\":1,\"tid\":")
        .append(Integer.toString(thread))
        .append(",\"ts\":")
        .append(micros(e.start() - zero))
        .append(",\"dur\":")
        .append(micros(e.nanos()))
        .append(",\"args\":{\"run\":")
        .append(Integer.toString(e.run()))
        .append(",\"node\":")
        .append(quoted(s.name()));
    list("nodes", s.nodes(), to);
    list("outputs", s.outputs(), to);
    if (s.bytes() > 0) {
      to.append(",\"bytes\":").append(Long.toString(s.bytes()));
    }
    if (s.flops() > 0) {
      to.append(",\"flops\":").append(String.format(Locale.ROOT, "%.0f", s.flops()));
    }
    to.append("}}");
  }

  private static void list(String name, List<String> values, Appendable to) throws IOException {
    if (values.isEmpty()) {
      return;
    }
    to.append(",\"").append(name).append("\":[");
    for (int i = 0; i < values.size(); i++) {
      to.append(i == 0 ? "" : ",").append(quoted(values.get(i)));
    }
    to.append("]");
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%d.%03d", nanos / 1000, nanos % 1000);
  }

  private static String quoted(String s) {
    StringBuilder b = new StringBuilder("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '"' || c == '\\') {
        b.append('\\').append(c);
      } else if (c < ' ') {
        b.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        b.append(c);
      }
    }
    return b.append('"').toString();
  }
}
