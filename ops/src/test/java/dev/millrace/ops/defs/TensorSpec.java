package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor in the notation of {@code shapes.txt}.
 *
 * @param handle "var" of a handle to a variable of that shape, "list" of a list of such elements,
 *     "" of a tensor
 * @param dtype null where none is given
 * @param values the elements, "?" for one that is not known; null where none are given
 */
record TensorSpec(String handle, DataType dtype, Shape shape, List<String> values) {
  private static final Pattern FORM =
      Pattern.compile("(var|list)?([a-z]+[0-9]*)?(\\?|\\[[^\\]]*\\])\\s*(?:=(.*))?");

  static TensorSpec parse(String text) {
    Matcher m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException("cannot read '" + text + "'");
    }
    DataType dtype = m.group(2) == null ? null : DataType.ofName(m.group(2));
    List<String> values = null;
    if (m.group(4) != null) {
      String v = m.group(4).strip();
      values = v.isEmpty() ? List.of() : Arrays.stream(v.split(",")).map(String::strip).toList();
    }
    return new TensorSpec(
        m.group(1) == null ? "" : m.group(1), dtype, parseShape(m.group(3)), values);
  }

  static Shape parseShape(String text) {
    if (text.equals("?")) {
      return Shape.unknown();
    }
    String inner = text.substring(1, text.length() - 1);
    return inner.isEmpty()
        ? Shape.scalar()
        : Shape.of(
            Arrays.stream(inner.split(","))
                .mapToLong(d -> d.equals("?") ? Shape.UNKNOWN : Long.parseLong(d))
                .toArray());
  }

  boolean hasValues() {
    return values != null;
  }

  /** Adds a source of such a tensor to a graph. */
  Output build(Graph g, DataType t) {
    if (handle.equals("var") && shape.hasRank()) {
      return g.opBuilder("VarHandleOp", "variable")
          .attr("dtype", DataType.FLOAT32)
          .attr("shape", shape)
          .build()
          .output(0);
    }
    if (handle.equals("list") && shape.hasRank()) {
      TensorValue sizes = TensorValue.of(shape.dims());
      return g.opBuilder("EmptyTensorList", "list")
          .input(constant(g, sizes))
          .input(constant(g, TensorValue.of(-1)))
          .attr("element_dtype", DataType.FLOAT32)
          .build()
          .output(0);
    }
    if (!handle.isEmpty()) {
      DataType kind = handle.equals("var") ? DataType.RESOURCE : DataType.VARIANT;
      return placeholder(g, kind, Shape.scalar());
    }
    if (values == null || values.equals(List.of("?"))) {
      return placeholder(g, t, shape);
    }
    if (!values.contains("?")) {
      return constant(g, value(t));
    }
    List<Output> parts = new ArrayList<>();
    for (String v : values) {
      parts.add(new TensorSpec("", t, Shape.scalar(), List.of(v)).build(g, t));
    }
    return g.opBuilder("Pack", "parts").inputList(parts).build().output(0);
  }

  /** The value, all of whose elements must be known. */
  TensorValue value(DataType t) {
    Object data = TensorValue.newStorage(t, values.size());
    for (int i = 0; i < values.size(); i++) {
      double x = Double.parseDouble(values.get(i));
      switch (t) {
        case FLOAT32 -> ((float[]) data)[i] = (float) x;
        case INT32 -> ((int[]) data)[i] = (int) x;
        case INT64 -> ((long[]) data)[i] = (long) x;
        case BOOL, UINT8 -> ((byte[]) data)[i] = (byte) x;
        default -> throw new IllegalArgumentException("no values of " + t + " are written here");
      }
    }
    return TensorValue.wrap(t, shape, data);
  }

  private static Output placeholder(Graph g, DataType t, Shape s) {
    return g.opBuilder("Placeholder", "x").attr("dtype", t).attr("shape", s).build().output(0);
  }

  private static Output constant(Graph g, TensorValue v) {
    return g.opBuilder("Const", "c").attr("dtype", v.dtype()).attr("value", v).build().output(0);
  }

  /** The ways to know one thing less about this tensor, and the way to know nothing. */
  List<TensorSpec> blurred() {
    List<TensorSpec> r = new ArrayList<>();
    r.add(new TensorSpec(handle, dtype, Shape.unknown(), null));
    if (values != null) {
      r.add(new TensorSpec(handle, dtype, shape, null));
    }
    for (int i = 0; i < shape.rank(); i++) {
      r.add(new TensorSpec(handle, dtype, shape.withDim(i, Shape.UNKNOWN), null));
    }
    for (int i = 0; values != null && shape.rank() <= 1 && i < values.size(); i++) {
      List<String> v = new ArrayList<>(values);
      v.set(i, "?");
      r.add(new TensorSpec(handle, dtype, shape, v));
    }
    return r;
  }

  @Override
  public String toString() {
    return handle + (dtype == null ? "" : dtype) + shape + (values == null ? "" : "=" + values);
  }
}
