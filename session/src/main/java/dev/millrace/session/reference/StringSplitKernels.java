package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Splitting strings into sparse matrices, a row for each string. */
final class StringSplitKernels {
  private StringSplitKernels() {}

  static void register(ReferenceKernels k) {
    k.add("StringSplit", StringSplitKernels::split);
    k.add("StringSplitV2", StringSplitKernels::splitV2);
  }

  /**
   * At every one of the delimiter's bytes; without any, into single bytes. Nothing has no parts.
   */
  private static void split(KernelContext c) {
    byte[] delimiter = Dims.requireScalar(c.input(1), "delimiter").strings()[0];
    boolean skipEmpty = c.attrs().getBool("skip_empty");
    List<List<byte[]>> rows = new ArrayList<>();
    for (byte[] s : Dims.requireRank(c.input(0), 1, "input").strings()) {
      List<byte[]> row = new ArrayList<>();
      int from = 0;
      for (int i = 0; i <= s.length && delimiter.length > 0 && s.length > 0; i++) {
        if (i == s.length || contains(delimiter, s[i])) {
          row.add(Arrays.copyOfRange(s, from, i));
          from = i + 1;
        }
      }
      for (int i = 0; i < s.length && delimiter.length == 0; i++) {
        row.add(new byte[] {s[i]});
      }
      if (skipEmpty) {
        row.removeIf(part -> part.length == 0);
      }
      rows.add(row);
    }
    output(c, rows);
  }

  private static boolean contains(byte[] set, byte b) {
    for (byte x : set) {
      if (x == b) {
        return true;
      }
    }
    return false;
  }

  /** As Python's {@code split}: at whole separators, or at white space where there is none. */
  private static void splitV2(KernelContext c) {
    byte[] separator = Dims.requireScalar(c.input(1), "sep").strings()[0];
    long most = c.attrs().getInt("maxsplit");
    List<List<byte[]>> rows = new ArrayList<>();
    for (byte[] s : Dims.requireRank(c.input(0), 1, "input").strings()) {
      List<byte[]> row = new ArrayList<>();
      if (most == 0) {
        row.add(s);
      } else if (separator.length == 0) {
        atSpaces(s, most, row);
      } else {
        atSeparators(s, separator, most, row);
      }
      rows.add(row);
    }
    output(c, rows);
  }

  private static void atSpaces(byte[] s, long most, List<byte[]> row) {
    int i = skip(s, 0, true);
    while (i < s.length) {
      int end = skip(s, i, false);
      row.add(Arrays.copyOfRange(s, i, end));
      i = skip(s, end, true);
      if (most > 0 && row.size() == most) {
        row.add(Arrays.copyOfRange(s, i, s.length));
        return;
      }
    }
  }

  /** The first place from {@code i} on that is not white space, or, the other way round, is. */
  private static int skip(byte[] s, int i, boolean space) {
    int at = i;
    while (at < s.length && StringKernels.isSpace(s[at]) == space) {
      at++;
    }
    return at;
  }

  private static void atSeparators(byte[] s, byte[] separator, long most, List<byte[]> row) {
    int from = 0;
    int n = separator.length;
    for (int i = 0; i + n <= s.length && (most < 0 || row.size() < most); ) {
      if (Arrays.equals(s, i, i + n, separator, 0, n)) {
        row.add(Arrays.copyOfRange(s, from, i));
        i += n;
        from = i;
      } else {
        i++;
      }
    }
    row.add(Arrays.copyOfRange(s, from, s.length));
  }

  private static void output(KernelContext c, List<List<byte[]>> rows) {
    int n = 0;
    int columns = 0;
    for (List<byte[]> row : rows) {
      n += row.size();
      columns = Math.max(columns, row.size());
    }
    long[] indices = new long[2 * n];
    byte[][] values = new byte[n][];
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < rows.get(i).size(); j++) {
        indices[2 * at] = i;
        indices[2 * at + 1] = j;
        values[at++] = rows.get(i).get(j);
      }
    }
    c.output(0, TensorValue.wrap(DataType.INT64, Shape.matrix(n, 2), indices));
    c.output(1, StringKernels.strings(Shape.vector(n), values));
    c.output(2, TensorValue.ofLongs(rows.size(), columns));
  }
}
