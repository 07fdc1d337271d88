package dev.millrace.ops.defs;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.OpDef.AttrDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.TensorValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line of {@code shapes.txt} for one op type. */
record ShapeCase(
    int line, String op, List<TensorSpec> inputs, Map<String, String> attrs, String outcome) {
  private static final String ERROR = "error:";

  static List<ShapeCase> load() {
    List<ShapeCase> cases = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                ShapeCase.class.getResourceAsStream("shapes.txt"), StandardCharsets.UTF_8))) {
      int n = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        n++;
        if (!line.isBlank() && !line.startsWith("#")) {
          read(n, line, cases);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  private static void read(int n, String line, List<ShapeCase> cases) {
    String[] columns = line.split("\\|", 4);
    if (columns.length != 4) {
      throw new IllegalArgumentException("line " + n + " has not four columns: " + line);
    }
    Map<String, String> attrs = new LinkedHashMap<>();
    for (String a : words(columns[2], " ")) {
      attrs.put(a.substring(0, a.indexOf('=')), a.substring(a.indexOf('=') + 1));
    }
    List<TensorSpec> inputs = words(columns[1], ";").stream().map(TensorSpec::parse).toList();
    for (String op : words(columns[0], ",")) {
      // One line serves ops that differ in trailing inputs only.
      OpDef def = OpRegistry.global().get(op);
      boolean list = def.inputs().stream().anyMatch(ArgDef::isList);
      List<TensorSpec> own =
          list || inputs.size() <= def.inputs().size()
              ? inputs
              : inputs.subList(0, def.inputs().size());
      cases.add(new ShapeCase(n, op, own, attrs, columns[3].strip()));
    }
  }

  private static List<String> words(String text, String separator) {
    return Arrays.stream(text.split(separator))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  boolean fails() {
    return outcome.startsWith(ERROR);
  }

  /** A part of the message that is wanted. */
  String error() {
    return outcome.substring(ERROR.length()).strip();
  }

  List<TensorSpec> outputs() {
    return words(outcome.replace("=nothing", "").replace("= nothing", ""), ";").stream()
        .map(TensorSpec::parse)
        .toList();
  }

  /** Whether nothing may be known of the values of output {@code i}. */
  boolean wantsNoValue(int i) {
    return words(outcome, ";").get(i).endsWith("nothing");
  }

  ShapeCase withInput(int i, TensorSpec spec) {
    List<TensorSpec> other = new ArrayList<>(inputs);
    other.set(i, spec);
    return withInputs(other);
  }

  ShapeCase withInputs(List<TensorSpec> other) {
    return new ShapeCase(line, op, List.copyOf(other), attrs, outcome);
  }

  /**
   * Adds the operation to a new graph.
   *
   * @param types the dtype of every input, as {@link #inputTypes} tells
   */
  Operation build(List<DataType> types) {
    Graph g = new Graph();
    OpDef def = OpRegistry.global().get(op);
    List<Output> sources = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      sources.add(inputs.get(i).build(g, types.get(i)));
    }
    OpBuilder b = g.opBuilder(op, "tested");
    int at = 0;
    for (ArgDef arg : def.inputs()) {
      int n = length(def, arg);
      if (arg.isList()) {
        b.inputList(sources.subList(at, at + n));
      } else {
        b.input(sources.get(at));
      }
      at += n;
    }
    attrs.forEach((name, text) -> b.attr(name, attr(def.attrs().get(name), text)));
    if (attrs.containsKey("value")) {
      b.attr("dtype", constant().dtype());
    }
    return b.build();
  }

  /** How many inputs an argument stands for: lists share evenly what single inputs leave. */
  private int length(OpDef def, ArgDef arg) {
    if (!arg.isList()) {
      return 1;
    }
    int lists = (int) def.inputs().stream().filter(ArgDef::isList).count();
    return (inputs.size() - def.inputs().size() + lists) / lists;
  }

  private TensorValue constant() {
    TensorSpec s = TensorSpec.parse(attrs.get("value"));
    return s.hasValues()
        ? s.value(s.dtype())
        : TensorValue.zeros(s.dtype() == null ? DataType.FLOAT32 : s.dtype(), s.shape());
  }

  private AttrValue attr(AttrDef def, String text) {
    if (def.list() && def.kind() != OpDef.AttrKind.INT) {
      String inner = text.substring(1, text.length() - 1);
      AttrDef item =
          new AttrDef(def.name(), def.kind(), false, def.allowedTypes(), null, null, null);
      String separator = def.kind() == OpDef.AttrKind.SHAPE ? ";" : ",";
      return new AttrValue.ListAttr(
          words(inner, separator).stream().map(x -> attr(item, x)).toList());
    }
    if (def.list()) {
      return AttrValue.ofInts(
          Arrays.stream(text.substring(1, text.length() - 1).split(","))
              .mapToLong(Long::parseLong)
              .toArray());
    }
    return switch (def.kind()) {
      case INT -> AttrValue.of(Long.parseLong(text));
      case BOOL -> AttrValue.of(Boolean.parseBoolean(text));
      case TYPE -> AttrValue.of(DataType.ofName(text));
      case SHAPE -> AttrValue.of(TensorSpec.parseShape(text));
      case STRING -> AttrValue.of(text);
      case TENSOR -> AttrValue.of(constant());
      case FUNC -> new AttrValue.Func(text, Map.of());
      case FLOAT -> AttrValue.of(Float.parseFloat(text));
    };
  }

  /** The dtypes of the inputs: given, prescribed, or the usual ones. */
  List<DataType> inputTypes() {
    OpDef def = OpRegistry.global().get(op);
    Map<String, DataType> learnt = new HashMap<>();
    attrs.forEach(
        (name, text) -> {
          AttrDef a = def.attrs().get(name);
          if (a.kind() == OpDef.AttrKind.TYPE && !a.list()) {
            learnt.put(name, DataType.ofName(text));
          }
        });
    List<ArgDef> args = new ArrayList<>();
    for (ArgDef arg : def.inputs()) {
      int n = length(def, arg);
      for (int i = 0; i < n; i++) {
        args.add(arg);
        TensorSpec s = inputs.get(args.size() - 1);
        if (arg.typeAttr() != null && s.dtype() != null) {
          learnt.put(arg.typeAttr(), s.dtype());
        }
      }
    }
    for (int i = 0; i < args.size(); i++) {
      String attr = args.get(i).typeAttr();
      if (attr != null && inputs.get(i).hasValues()) {
        learnt.putIfAbsent(attr, usual(def.attrs().get(attr), DataType.INT32));
      }
    }
    List<DataType> types = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      types.add(inputType(def, args.get(i), inputs.get(i), learnt));
    }
    return types;
  }

  private static DataType inputType(
      OpDef def, ArgDef arg, TensorSpec s, Map<String, DataType> learnt) {
    if (arg.type() != null) {
      return arg.type();
    }
    if (arg.typeAttr() != null) {
      return learnt.computeIfAbsent(
          arg.typeAttr(), a -> usual(def.attrs().get(a), DataType.FLOAT32));
    }
    if (s.dtype() != null) {
      return s.dtype();
    }
    return s.hasValues() ? DataType.INT32 : DataType.FLOAT32;
  }

  private static DataType usual(AttrDef a, DataType wanted) {
    if (a.allowedTypes() == null || a.allowedTypes().contains(wanted)) {
      return wanted;
    }
    return a.allowedTypes().contains(DataType.INT32) ? DataType.INT32 : DataType.FLOAT32;
  }

  @Override
  public String toString() {
    return "line " + line + ": " + op + " " + inputs + " " + attrs + " -> " + outcome;
  }
}
