package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of comma-separated values, each a record, made into columns. */
final class CsvKernel {
  private final byte delimiter;
  private final boolean quotes;
  private final byte[] missing;
  private final long[] columns; // none for all
  private final int count;

  private CsvKernel(Attrs a, int count) {
    byte[] d = a.getString("field_delim").getBytes(StandardCharsets.UTF_8);
    if (d.length != 1) {
      throw new InvalidArgumentException("field_delim must be one character");
    }
    delimiter = d[0];
    quotes = a.getBool("use_quote_delim");
    missing = a.getString("na_value").getBytes(StandardCharsets.UTF_8);
    columns = a.has("select_cols") ? a.getInts("select_cols") : new long[0];
    this.count = count;
    if (columns.length > 0 && columns.length != count) {
      throw new InvalidArgumentException(
          "select_cols names " + columns.length + " columns; there are " + count + " outputs");
    }
    for (int i = 0; i < columns.length; i++) {
      if (columns[i] < (i == 0 ? 0 : columns[i - 1] + 1)) {
        throw new InvalidArgumentException("select_cols must be ascending numbers");
      }
    }
  }

  static void compute(KernelContext c) {
    CsvKernel k = new CsvKernel(c.attrs(), c.outputCount());
    byte[][] records = c.input(0).strings();
    Result[] out = new Result[c.outputCount()];
    byte[][][] texts = new byte[out.length][][];
    for (int f = 0; f < out.length; f++) {
      if (c.input(f + 1).size() > 1) {
        throw new InvalidArgumentException("there can be one default of field " + f + " only");
      }
      if (c.outputType(f) == DataType.STRING) {
        texts[f] = new byte[records.length][];
      } else {
        out[f] = new Result(c.outputType(f), c.input(0).shape());
      }
    }
    for (int i = 0; i < records.length; i++) {
      List<byte[]> fields = k.fields(records[i]);
      if (fields.size() != k.count) {
        throw new InvalidArgumentException(
            "expected " + k.count + " fields, but there are " + fields.size() + " in record " + i);
      }
      for (int f = 0; f < out.length; f++) {
        k.set(c, f, i, fields.get(f), out[f], texts[f]);
      }
    }
    for (int f = 0; f < out.length; f++) {
      c.output(
          f,
          out[f] != null
              ? out[f].value()
              : TensorValue.wrap(DataType.STRING, c.input(0).shape(), texts[f]));
    }
  }

  private void set(KernelContext c, int f, int i, byte[] field, Result out, byte[][] texts) {
    TensorValue given = c.input(f + 1);
    if (field.length == 0 || Arrays.equals(field, missing)) {
      if (given.size() != 1) {
        throw new InvalidArgumentException(
            "field " + f + " is required, but missing in record " + i);
      }
      if (out != null) {
        out.copy(i, given, 0);
      } else {
        texts[i] = given.strings()[0];
      }
    } else if (out == null) {
      texts[i] = field;
    } else {
      try {
        NumberText.set(out, i, c.outputType(f), new String(field, StandardCharsets.UTF_8));
      } catch (InvalidArgumentException e) {
        throw new InvalidArgumentException(
            "field " + f + " in record " + i + ": " + e.getMessage(), e);
      }
    }
  }

  // ---- one record

  private List<byte[]> fields(byte[] s) {
    List<byte[]> all = new ArrayList<>();
    int field = 0;
    int at = 0;
    while (at < s.length) {
      if (s[at] == '\n' || s[at] == '\r') {
        at++;
        continue;
      }
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      boolean quoted = quotes && s[at] == '"';
      at = quoted ? quoted(s, at + 1, text) : plain(s, at, text);
      if (isWanted(field++, all.size())) {
        all.add(text.toByteArray());
        if (all.size() == columns.length) {
          return all;
        }
      }
    }
    // After a delimiter at the end comes an empty field.
    if (s.length > 0 && s[s.length - 1] == delimiter && isWanted(field, all.size())) {
      all.add(new byte[0]);
    }
    return all;
  }

  private boolean isWanted(int field, int taken) {
    return columns.length == 0 || columns[taken] == field;
  }

  /** The field from {@code at} on; gives where the next one begins. */
  private int plain(byte[] s, int from, ByteArrayOutputStream text) {
    int at = from;
    for (; at < s.length && s[at] != delimiter; at++) {
      if ((quotes && s[at] == '"') || s[at] == '\n' || s[at] == '\r') {
        throw new InvalidArgumentException(
            "unquoted fields cannot have quotes or line ends inside");
      }
      text.write(s[at]);
    }
    return at + 1;
  }

  private int quoted(byte[] s, int from, ByteArrayOutputStream text) {
    int at = from;
    while (at < s.length - 1 && (s[at] != '"' || s[at + 1] != delimiter)) {
      if (s[at] == '"') {
        if (s[at + 1] != '"') {
          throw new InvalidArgumentException(
              "a quote inside of a quoted field must be doubled: " + inText(s));
        }
        at++;
      }
      text.write(s[at++]);
    }
    if (at >= s.length || s[at] != '"') {
      throw new InvalidArgumentException(
          "a quoted field must end with a quote before the delimiter or the end: " + inText(s));
    }
    return at + 2;
  }

  private static String inText(byte[] s) {
    return new String(s, StandardCharsets.UTF_8);
  }
}
