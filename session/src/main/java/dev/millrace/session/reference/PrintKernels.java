package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Printing. */
final class PrintKernels {
  private static final Logger LOG = LoggerFactory.getLogger(PrintKernels.class);
  private static final String FILE = "file://";

  private PrintKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Print", PrintKernels::print);
    k.add("PrintV2", PrintKernels::printText);
  }

  /** Prints the message and the data, in the first so many runs, and gives the input. */
  private static void print(KernelContext c) {
    long first = c.attrs().getInt("first_n");
    AtomicLong done = c.nodeState(AtomicLong.class, AtomicLong::new);
    if (first < 0 || done.getAndIncrement() < first) {
      StringBuilder line = new StringBuilder(c.attrs().getString("message"));
      for (int i = 1; i < c.inputCount(); i++) {
        line.append('[').append(text(c.input(i), c.attrs().getInt("summarize"))).append(']');
      }
      line.append('\n');
      write(System.err, line.toString());
    }
    c.output(0, c.input(0));
  }

  /** In one piece, so that lines of concurrent runs do not mix. */
  private static void write(PrintStream to, String text) {
    to.print(text);
    to.flush();
  }

  /** The first elements, in brackets by dimension. */
  static String text(TensorValue x, long limit) {
    StringBuilder b = new StringBuilder();
    long most = limit < 0 ? Long.MAX_VALUE : limit;
    if (x.shape().rank() == 0) {
      return element(x, 0);
    }
    append(b, x, 0, 0, new long[] {most});
    return b.toString();
  }

  private static int append(StringBuilder b, TensorValue x, int dim, int from, long[] left) {
    int at = from;
    long n = x.shape().dim(dim);
    boolean last = dim == x.shape().rank() - 1;
    b.append('[');
    for (long i = 0; i < n; i++) {
      if (left[0] == 0) {
        b.append("...");
        break;
      }
      if (last) {
        b.append(i > 0 ? " " : "").append(element(x, at++));
        left[0]--;
      } else {
        at = append(b, x, dim + 1, at, left);
      }
    }
    b.append(']');
    return at;
  }

  private static String element(TensorValue x, int i) {
    DataType t = x.dtype();
    if (t == DataType.STRING) {
      return x.getString(i);
    }
    if (t == DataType.BOOL) {
      return x.getBoolean(i) ? "1" : "0";
    }
    if (t.isFloating()) {
      String s = String.valueOf((float) x.getDouble(i));
      return s.endsWith(".0") ? s.substring(0, s.length() - 2) : s;
    }
    return t.isInteger() ? String.valueOf(x.getLong(i)) : "?";
  }

  private static void printText(KernelContext c) {
    String text = Dims.requireScalar(c.input(0), "what is printed").getString(0);
    String all = text + c.attrs().getString("end");
    String stream = c.attrs().getString("output_stream");
    switch (stream) {
      case "stderr" -> write(System.err, all);
      case "stdout" -> write(System.out, all);
      case "log(info)" -> LOG.info("{}", text);
      case "log(warning)" -> LOG.warn("{}", text);
      case "log(error)" -> LOG.error("{}", text);
      default -> toFile(stream, all);
    }
  }

  private static void toFile(String stream, String text) {
    if (!stream.startsWith(FILE)) {
      throw new InvalidArgumentException(
          "there is no output stream '"
              + stream
              + "'; it is stdout, stderr, log(info), log(warning), log(error) or file://…");
    }
    String name = stream.substring(FILE.length());
    try {
      Files.write(
          Path.of(name),
          text.getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw FileKernels.failure(name, e);
    }
  }
}
