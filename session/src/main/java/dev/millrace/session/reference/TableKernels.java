package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.table.LookupTable;
import dev.millrace.session.table.LookupTable.Kind;
import dev.millrace.session.table.LookupTable.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lookup tables. */
final class TableKernels {
  private static final String TABLE = "table";
  private static final long WHOLE_LINE = -2;
  private static final long LINE_NUMBER = -1;

  private TableKernels() {}

  static void register(ReferenceKernels k) {
    for (String v : new String[] {"", "V2"}) {
      k.add("HashTable" + v, c -> make(c, Kind.FIXED));
      k.add("MutableHashTable" + v, c -> make(c, Kind.MUTABLE));
      k.add("MutableHashTableOfTensors" + v, c -> make(c, Kind.MUTABLE));
      k.add("MutableDenseHashTable" + v, c -> make(c, Kind.DENSE));
      k.add("InitializeTable" + v, c -> table(c).initialize(c.input(1), c.input(2)));
      k.add("InitializeTableFromTextFile" + v, TableKernels::fromFile);
      k.add("LookupTableFind" + v, c -> c.output(0, table(c).find(c.input(1), c.input(2))));
      k.add("LookupTableInsert" + v, c -> table(c).insert(c.input(1), c.input(2)));
      k.add("LookupTableImport" + v, c -> table(c).replace(c.input(1), c.input(2)));
      k.add("LookupTableSize" + v, c -> c.output(0, TensorValue.of((long) table(c).size())));
      k.add("LookupTableExport" + v, TableKernels::export);
    }
    k.add("LookupTableRemoveV2", c -> table(c).remove(c.input(1)));
  }

  private static LookupTable table(KernelContext c) {
    return Handles.get(c, 0, TABLE, LookupTable.class);
  }

  private static void make(KernelContext c, Kind kind) {
    Attrs a = c.attrs();
    List<TensorValue> reserved = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      reserved.add(c.input(i));
    }
    if (reserved.size() == 2 && reserved.get(0).equals(reserved.get(1))) {
      throw new InvalidArgumentException("the empty and the deleted key must differ");
    }
    Spec spec =
        new Spec(
            kind,
            a.getType("key_dtype"),
            reserved.isEmpty() ? Shape.scalar() : reserved.get(0).shape(),
            a.getType("value_dtype"),
            a.has("value_shape") ? a.getShape("value_shape") : Shape.scalar());
    LookupTable t =
        Handles.make(
            c, TABLE, LookupTable.class, () -> new LookupTable(c.nodeName(), spec, reserved));
    if (!t.spec().equals(spec)) {
      throw new InvalidArgumentException(
          "the shared " + t + " is " + t.spec() + "; this node asks for " + spec);
    }
  }

  private static void export(KernelContext c) {
    LookupTable t = table(c);
    synchronized (t) {
      c.output(0, t.keys());
      c.output(1, t.values());
    }
  }

  // ---- text files

  private static void fromFile(KernelContext c) {
    String name = FileKernels.name(c, 1);
    LookupTable t = table(c);
    List<String> lines;
    try {
      // Bytes that are no UTF-8 must stay what they are.
      lines = Files.readAllLines(Path.of(name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw FileKernels.failure(name, e);
    }
    long wanted = c.attrs().getInt("vocab_size");
    if (wanted == 0 || wanted > lines.size()) {
      throw new InvalidArgumentException(
          "vocab_size is " + wanted + ", but file '" + name + "' has " + lines.size() + " lines");
    }
    int n = wanted < 0 ? lines.size() : (int) wanted;
    t.initialize(
        column(c, lines.subList(0, n), "key_index", t.spec().keyType(), name),
        column(c, lines.subList(0, n), "value_index", t.spec().valueType(), name));
  }

  private static TensorValue column(
      KernelContext c, List<String> lines, String attr, DataType t, String file) {
    long index = c.attrs().getInt(attr);
    if (index == LINE_NUMBER && t != DataType.INT64) {
      throw new InvalidArgumentException(
          attr + " asks for line numbers, which are int64, not " + t);
    }
    Shape shape = Shape.vector(lines.size());
    byte[][] texts = new byte[lines.size()][];
    Result numbers = t == DataType.STRING ? null : new Result(t, shape);
    for (int i = 0; i < lines.size(); i++) {
      if (index == LINE_NUMBER) {
        numbers.setLong(i, i);
        continue;
      }
      String text = index == WHOLE_LINE ? lines.get(i) : field(c, lines.get(i), index, file);
      if (numbers == null) {
        texts[i] = text.getBytes(StandardCharsets.ISO_8859_1);
      } else {
        NumberText.set(numbers, i, t, text);
      }
    }
    return numbers == null ? TensorValue.wrap(t, shape, texts) : numbers.value();
  }

  private static String field(KernelContext c, String line, long index, String file) {
    String delimiter = c.attrs().getString("delimiter");
    if (delimiter.length() != 1) {
      throw new InvalidArgumentException("a delimiter is one character, not '" + delimiter + "'");
    }
    int from = 0;
    for (long k = 0; k < index; k++) {
      int next = line.indexOf(delimiter, from);
      if (next < 0) {
        throw new InvalidArgumentException(
            "a line of '"
                + file
                + "' has "
                + (k + 1)
                + " columns; column "
                + index
                + " is asked for: '"
                + line
                + "'");
      }
      from = next + 1;
    }
    int end = line.indexOf(delimiter, from);
    return line.substring(from, end < 0 ? line.length() : end);
  }
}
