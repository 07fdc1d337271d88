package dev.millrace.graph;

import dev.millrace.graph.AttrValue.Func;
import dev.millrace.graph.AttrValue.ListAttr;
import dev.millrace.graph.AttrValue.Placeholder;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import dev.millrace.proto.VersionDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the body of a function from its wire form: attributes that stand for the caller's are
 * filled in, arguments become placeholders, and references to named outputs become numbers.
 */
final class FunctionReader {
  private static final int MOST_OUTPUTS = 1 << 20;

  private final Graph outer;
  private final FunctionDef def;
  private final String name;
  private final Map<String, AttrValue> given = new TreeMap<>();
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, Integer> firstOfArg = new HashMap<>();
  private final Map<String, OpDef> opDefs = new HashMap<>();
  private final List<Output> parameters = new ArrayList<>();
  private final Set<InputRef> mapped = new HashSet<>();
  private ImportOptions options;

  FunctionReader(Graph outer, FunctionDef def, Map<String, AttrValue> attrs) {
    this.outer = outer;
    this.def = def;
    this.name = def.getSignature().getName();
    for (var a : def.getSignature().getAttrList()) {
      if (a.hasDefaultValue()) {
        given.put(a.getName(), AttrProtos.read(a.getDefaultValue()));
      }
    }
    given.putAll(attrs);
    def.getNodeDefList().forEach(n -> nodes.put(n.getName(), n));
  }

  FunctionBody read(List<Shape> shapes, List<HandleData> handles) {
    try {
      return make(shapes, handles);
    } catch (MillraceException e) {
      throw MillraceException.of(
          e.code(), e.nodeName(), "function '" + name + "': " + e.getMessage(), e);
    }
  }

  private FunctionBody make(List<Shape> shapes, List<HandleData> handles) {
    FunctionBody body = new FunctionBody(name, new Graph(outer, name));
    addParameters(body.graph(), shapes, handles);
    options = new ImportOptions();
    GraphDef.Builder g = GraphDef.newBuilder();
    g.setVersions(VersionDef.newBuilder().setProducer(Graph.PRODUCER_VERSION));
    for (NodeDef n : def.getNodeDefList()) {
      g.addNode(node(n));
    }
    new GraphImporter(body.graph(), g.build(), options).run();
    List<Output> results = new ArrayList<>();
    for (var out : def.getSignature().getOutputArgList()) {
      String from = def.getRetMap().get(out.getName());
      if (from == null) {
        throw new InvalidArgumentException("nothing is returned as '" + out.getName() + "'");
      }
      int n =
          OpDefProtos.read(def.getSignature()).outputs().stream()
              .filter(a -> a.name().equals(out.getName()))
              .mapToInt(a -> a.types(Attrs.of(given)).size())
              .sum();
      for (int i = 0; i < n; i++) {
        results.add(result(body.graph(), from, i));
      }
    }
    body.addResults(results);
    body.setReturnedControl(
        def.getControlRetMap().values().stream()
            .map(body.graph()::findOperation)
            .filter(op -> op != null)
            .toList());
    return body;
  }

  // ---- arguments

  private void addParameters(Graph body, List<Shape> shapes, List<HandleData> handles) {
    List<Shape> noted = notedShapes();
    for (OpDef.ArgDef arg : OpDefProtos.read(def.getSignature()).inputs()) {
      firstOfArg.put(arg.name(), parameters.size());
      for (DataType t : arg.types(Attrs.of(given))) {
        int i = parameters.size();
        Shape s = i < shapes.size() ? shapes.get(i) : Shape.unknown();
        if (i < noted.size() && s.isCompatibleWith(noted.get(i))) {
          s = s.merge(noted.get(i));
        }
        HandleData h = i < handles.size() ? handles.get(i) : null;
        parameters.add(
            body.captures().addParameter(new FunctionBody.Parameter(freeName(arg), t, s, h), true));
      }
    }
  }

  private List<Shape> notedShapes() {
    if (!def.containsAttr(FunctionWriter.INPUT_SHAPES)) {
      return List.of();
    }
    AttrValue v = AttrProtos.read(def.getAttrOrThrow(FunctionWriter.INPUT_SHAPES));
    List<Shape> r = new ArrayList<>();
    if (v instanceof ListAttr l) {
      l.items()
          .forEach(s -> r.add(s instanceof AttrValue.ShapeAttr x ? x.value() : Shape.unknown()));
    }
    return r;
  }

  /** A placeholder's name, which must leave the nodes' names free and be an op's name. */
  private String freeName(OpDef.ArgDef arg) {
    String n = Names.isOpName(arg.name()) ? arg.name() : "arg" + arg.name();
    while (nodes.containsKey(n)) {
      n += "_arg";
    }
    return n;
  }

  // ---- nodes

  private NodeDef node(NodeDef n) {
    NodeDef.Builder b = n.toBuilder().clearInput().clearAttr();
    n.getInputList().forEach(in -> b.addInput(input(in)));
    substituted(n).forEach((k, v) -> b.putAttr(k, AttrProtos.write(v)));
    return b.build();
  }

  private Map<String, AttrValue> substituted(NodeDef n) {
    Map<String, AttrValue> attrs = AttrProtos.readAll(n.getAttrMap());
    attrs.replaceAll((k, v) -> substitute(n, v));
    return attrs;
  }

  private AttrValue substitute(NodeDef n, AttrValue v) {
    if (v instanceof Placeholder p) {
      AttrValue caller = given.get(p.name());
      if (caller == null) {
        throw ImportNodes.error(n, "the caller gives no attribute '" + p.name() + "'");
      }
      return caller;
    } else if (v instanceof Func f) {
      Map<String, AttrValue> attrs = new TreeMap<>(f.attrs());
      attrs.replaceAll((k, x) -> substitute(n, x));
      return new Func(f.name(), attrs);
    } else if (v instanceof ListAttr l) {
      return new ListAttr(l.items().stream().map(x -> substitute(n, x)).toList());
    }
    return v;
  }

  /** An input in the notation of a GraphDef; arguments are mapped to their placeholders. */
  private String input(String text) {
    if (text.startsWith("^")) {
      String source = text.substring(1);
      Integer arg = firstOfArg.get(source);
      if (arg != null && arg < parameters.size()) {
        options.mapControlInput(source, parameters.get(arg).op());
      }
      return text;
    }
    InputRef ref = reference(text);
    if (firstOfArg.containsKey(ref.node()) && mapped.add(ref)) {
      options.mapInput(ref.toString(), parameter(text, ref));
    }
    return ref.toString();
  }

  private Output parameter(String text, InputRef ref) {
    int i = firstOfArg.get(ref.node()) + ref.index();
    if (i >= parameters.size()) {
      throw new InvalidArgumentException("there is no argument '" + text + "'");
    }
    return parameters.get(i);
  }

  private static int number(String text) {
    int k = Integer.parseInt(text);
    if (k < 0 || k > MOST_OUTPUTS) {
      throw new InvalidArgumentException("there is no output " + k);
    }
    return k;
  }

  /** What {@code argument}, {@code argument:k}, {@code node:output:k} or {@code node:output} is. */
  private InputRef reference(String text) {
    String[] parts = text.split(":", -1);
    try {
      if (parts.length <= 2 && firstOfArg.containsKey(parts[0])) {
        return new InputRef(parts[0], parts.length == 1 ? 0 : number(parts[1]));
      }
      NodeDef n = nodes.get(parts[0]);
      if (n != null && (parts.length == 2 || parts.length == 3)) {
        int k = parts.length == 3 ? number(parts[2]) : 0;
        return new InputRef(parts[0], firstOutput(n, parts[1], text) + k);
      }
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException("'" + text + "' does not end in a number", e);
    }
    throw new InvalidArgumentException(
        "'" + text + "' is no tensor of the function: neither an argument nor 'node:output:index'");
  }

  private int firstOutput(NodeDef n, String output, String text) {
    OpDef op = opDefs.computeIfAbsent(n.getOp(), outer::findOpDef);
    if (op == null) {
      return 0; // of an unknown type nothing can be run, and there is nothing to count by
    }
    Map<String, AttrValue> attrs = substituted(n);
    op.attrs().values().stream()
        .filter(a -> a.defaultValue() != null)
        .forEach(a -> attrs.putIfAbsent(a.name(), a.defaultValue()));
    int at = 0;
    for (OpDef.ArgDef out : op.outputs()) {
      if (out.name().equals(output)) {
        return at;
      }
      at += out.types(Attrs.of(attrs)).size();
    }
    throw ImportNodes.error(n, "there is no output '" + output + "', which '" + text + "' names");
  }

  private Output result(Graph body, String from, int i) {
    InputRef ref = reference(from);
    ref = new InputRef(ref.node(), ref.index() + i);
    if (firstOfArg.containsKey(ref.node())) {
      return parameter(from, ref);
    }
    return GraphImporter.outputOf(body.operation(ref.node()), ref.index());
  }
}
