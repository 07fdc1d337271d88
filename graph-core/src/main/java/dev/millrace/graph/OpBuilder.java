package dev.millrace.graph;

import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.OpDef.AttrDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects an operation's inputs and attributes and adds it to the graph. Type attributes and the
 * lengths of lists follow from the inputs; defaults fill what is not given; {@link #build} checks
 * everything and infers the output shapes.
 */
public final class OpBuilder {
  private final Graph graph;
  private final OpDef def;
  private final String name;
  private final List<Object> inputs = new ArrayList<>(); // an Output, a List of them, or a Pending
  private final List<Operation> controlInputs = new ArrayList<>();
  private final Map<String, AttrValue> attrs = new LinkedHashMap<>();
  private DeviceSpec device = DeviceSpec.NONE;
  private boolean flat;
  private boolean imported;
  private CreationSite site;

  private static final class Pending {
    static final Pending INSTANCE = new Pending();
  }

  OpBuilder(Graph graph, OpDef def, String name) {
    this.graph = graph;
    this.def = def;
    this.name = name;
  }

  /** The next input. */
  public OpBuilder input(Operand x) {
    inputs.add(output(x));
    return this;
  }

  /** The next input, where the definition has a list. */
  public OpBuilder inputList(Collection<? extends Operand> xs) {
    if (xs == null) {
      throw new InvalidArgumentException("a list of inputs of " + def.name() + " is null");
    }
    inputs.add(xs.stream().map(this::output).toList());
    return this;
  }

  private Output output(Operand x) {
    if (x == null) {
      throw new InvalidArgumentException("an input of " + def.name() + " is null");
    }
    return x.asOutput();
  }

  private <T> T given(String attr, T value) {
    if (value == null) {
      throw new InvalidArgumentException("attribute '" + attr + "' of " + def.name() + " is null");
    }
    return value;
  }

  /** All inputs, lists flattened; the attributes that tell the lists' lengths must be given. */
  public OpBuilder flatInputs(List<Output> xs) {
    inputs.addAll(xs);
    flat = true;
    return this;
  }

  /** The next of flattened inputs will be set later: the back edge of a loop. */
  OpBuilder pendingInput() {
    inputs.add(Pending.INSTANCE);
    flat = true;
    return this;
  }

  OpBuilder flatInput(Output x) {
    inputs.add(x);
    flat = true;
    return this;
  }

  /** Waits for {@code op} without taking a value from it. */
  public OpBuilder controlInput(Operation op) {
    controlInputs.add(op);
    return this;
  }

  public OpBuilder controlInputs(Collection<Operation> ops) {
    controlInputs.addAll(ops);
    return this;
  }

  public OpBuilder attr(String attr, AttrValue value) {
    attrs.put(attr, given(attr, value));
    return this;
  }

  public OpBuilder attr(String attr, long value) {
    return attr(attr, AttrValue.of(value));
  }

  public OpBuilder attr(String attr, float value) {
    return attr(attr, AttrValue.of(value));
  }

  public OpBuilder attr(String attr, boolean value) {
    return attr(attr, AttrValue.of(value));
  }

  public OpBuilder attr(String attr, String value) {
    return attr(attr, AttrValue.of(given(attr, value)));
  }

  public OpBuilder attr(String attr, DataType value) {
    return attr(attr, AttrValue.of(given(attr, value)));
  }

  public OpBuilder attr(String attr, Shape value) {
    return attr(attr, AttrValue.of(given(attr, value)));
  }

  public OpBuilder attr(String attr, TensorValue value) {
    return attr(attr, AttrValue.of(given(attr, value)));
  }

  /** Asks for a device, on top of the current device scope. */
  public OpBuilder device(String spec) {
    device = DeviceSpec.parse(spec);
    return this;
  }

  /**
   * The name is the full one and must be free; open scopes do not apply; the node was made at that
   * line. What an import needs.
   */
  OpBuilder imported(DeviceSpec where, CreationSite site) {
    imported = true;
    device = where;
    this.site = site;
    return this;
  }

  /**
   * Adds the operation.
   *
   * @throws InvalidArgumentException if inputs, dtypes, attributes or shapes do not fit the
   *     definition; the message names the node and the line that called
   */
  public Operation build() {
    if (site == null) {
      site = CreationSite.here();
    }
    List<Output> flatInputs = flatten();
    try {
      inputs.replaceAll(this::own);
      flatInputs = flatten();
      controlInputs.removeIf(c -> !Captures.controlOf(graph, c));
      if (def.isOpaque()) {
        return add(flatInputs, Attrs.of(attrs), List.of(), List.of());
      }
      matchInputs();
      fillDefaults();
      attrs.forEach(this::checkAttr);
      Attrs a = Attrs.of(attrs);
      List<DataType> types = new ArrayList<>();
      List<Boolean> refs = new ArrayList<>();
      for (ArgDef out : def.outputs()) {
        List<DataType> t = out.types(a);
        types.addAll(t);
        t.forEach(x -> refs.add(out.isRef()));
      }
      return add(flatInputs, a, types, refs);
    } catch (MillraceException e) {
      if (e.nodeName() != null) {
        throw e;
      }
      List<Output> shown = flatInputs.stream().filter(x -> x != null).toList();
      throw MillraceException.of(
          e.code(),
          fullName(),
          def.name()
              + ": "
              + e.getMessage()
              + NodeDescription.of(fullName(), def.name(), shown, site),
          e);
    }
  }

  /**
   * An input as a tensor of the graph; in a function's body, tensors of those around are captured.
   */
  private Object own(Object input) {
    if (input instanceof Output x) {
      if (x.graph() == graph) {
        return imported ? x : graph.translated(def.name(), x);
      }
      try {
        return Captures.in(graph, x);
      } catch (InvalidArgumentException e) {
        throw new InvalidArgumentException("input " + e.getMessage(), e);
      }
    } else if (input instanceof List<?> xs) {
      return xs.stream().map(this::own).toList();
    }
    return input;
  }

  private Operation add(
      List<Output> flatInputs, Attrs a, List<DataType> types, List<Boolean> refs) {
    NodeShapes shapes = NodeShapes.infer(def, a, flatInputs, types);
    return graph.add(
        new Graph.Draft(
            def,
            name,
            imported,
            flatInputs,
            controlInputs,
            a,
            device,
            imported,
            types,
            refs,
            shapes,
            site));
  }

  private String fullName() {
    if (name.endsWith("/")) {
      return name.substring(0, name.length() - 1);
    }
    return imported || graph.currentNameScope().isEmpty()
        ? name
        : graph.currentNameScope() + "/" + name;
  }

  private List<Output> flatten() {
    List<Output> r = new ArrayList<>();
    for (Object in : inputs) {
      if (in instanceof Output x) {
        r.add(x);
      } else if (in instanceof List<?> xs) {
        xs.forEach(x -> r.add((Output) x));
      } else {
        r.add(null);
      }
    }
    return r;
  }

  /** Pairs the inputs with the definition's, and learns the attributes that follow from them. */
  private void matchInputs() {
    int at = 0;
    for (ArgDef arg : def.inputs()) {
      if (!arg.isList()) {
        if (at >= inputs.size()) {
          throw new InvalidArgumentException(
              "input '"
                  + arg.name()
                  + "' is missing; got "
                  + inputs.size()
                  + " of "
                  + def.inputs().size());
        }
        Object in = inputs.get(at++);
        if (in instanceof List) {
          throw new InvalidArgumentException(
              "input '" + arg.name() + "' is one tensor, not a list");
        }
        matchOne(arg, in);
      } else if (flat) {
        long length = flatLength(arg);
        if (length < 0 || length > inputs.size() - at) {
          throw new InvalidArgumentException(
              "input '"
                  + arg.name()
                  + "' takes "
                  + length
                  + " tensors, but "
                  + (inputs.size() - at)
                  + " are left");
        }
        int n = (int) length;
        matchList(arg, inputs.subList(at, at + n));
        at += n;
      } else {
        if (at >= inputs.size() || !(inputs.get(at) instanceof List<?> xs)) {
          throw new InvalidArgumentException("input '" + arg.name() + "' is a list of tensors");
        }
        at++;
        matchList(arg, xs);
      }
    }
    if (at != inputs.size()) {
      throw new InvalidArgumentException(
          "takes " + def.inputs().size() + " inputs, not " + inputs.size());
    }
  }

  private long flatLength(ArgDef arg) {
    String by = arg.numberAttr() != null ? arg.numberAttr() : arg.typeListAttr();
    AttrValue v = attrs.get(by);
    if (v instanceof AttrValue.Int n) {
      return n.value();
    } else if (v instanceof AttrValue.ListAttr l) {
      return l.items().size();
    }
    throw new InvalidArgumentException(
        "attribute '" + by + "', which tells the length of '" + arg.name() + "', is missing");
  }

  private void matchOne(ArgDef arg, Object in) {
    if (in instanceof Output x) {
      checkType(arg, x);
      if (arg.isRef() && !x.isRef() && !x.op().isOpaque()) {
        throw new InvalidArgumentException(
            "input '"
                + arg.name()
                + "' must be a reference to a variable, which '"
                + x.name()
                + "' is not");
      }
    }
  }

  private void matchList(ArgDef arg, List<?> xs) {
    if (arg.numberAttr() != null) {
      learn(arg.numberAttr(), AttrValue.of((long) xs.size()), arg.name());
      for (Object x : xs) {
        matchOne(arg, x);
      }
    } else if (xs.stream().allMatch(x -> x instanceof Output o && !o.op().isOpaque())) {
      List<DataType> types = xs.stream().map(x -> ((Output) x).dtype()).toList();
      AttrValue given = attrs.get(arg.typeListAttr());
      AttrValue found = AttrValue.ofTypes(types);
      if (given != null && !given.equals(found)) {
        throw new InvalidArgumentException(
            "input '"
                + arg.name()
                + "' must have the dtypes of attribute '"
                + arg.typeListAttr()
                + "' ("
                + given
                + "), but has "
                + types);
      }
      attrs.put(arg.typeListAttr(), found);
    }
  }

  private void learn(String attr, AttrValue value, String from) {
    AttrValue old = attrs.putIfAbsent(attr, value);
    if (old != null && !old.equals(value)) {
      throw new InvalidArgumentException(
          "attribute '" + attr + "' is " + old + ", but input '" + from + "' makes it " + value);
    }
  }

  private void checkType(ArgDef arg, Output x) {
    if (x.op().isOpaque()) {
      return;
    }
    DataType t = x.dtype();
    if (arg.type() != null) {
      if (t != arg.type()) {
        throw new InvalidArgumentException(
            "input '"
                + arg.name()
                + "' must be "
                + arg.type()
                + ", but '"
                + x.name()
                + "' is "
                + t);
      }
      return;
    }
    AttrValue old = attrs.putIfAbsent(arg.typeAttr(), AttrValue.of(t));
    if (old instanceof AttrValue.Type have && have.value() != t) {
      throw new InvalidArgumentException(
          "input '"
              + arg.name()
              + "' is "
              + t
              + ", but "
              + arg.typeAttr()
              + " is "
              + have.value()
              + otherOfType(arg)
              + "; dtypes are never converted silently: use cast");
    }
  }

  private String otherOfType(ArgDef arg) {
    for (ArgDef other : def.inputs()) {
      if (other.equals(arg)) {
        break;
      }
      if (arg.typeAttr().equals(other.typeAttr())) {
        return " by input '" + other.name() + "'";
      }
    }
    return "";
  }

  private void fillDefaults() {
    for (AttrDef a : def.attrs().values()) {
      if (attrs.containsKey(a.name())) {
        continue;
      }
      if (a.defaultValue() == null) {
        throw new InvalidArgumentException("attribute '" + a.name() + "' must be given");
      }
      attrs.put(a.name(), a.defaultValue());
    }
  }

  private void checkAttr(String attr, AttrValue v) {
    AttrDef a = def.attrs().get(attr);
    if (a == null) {
      if (!attr.startsWith("_")) {
        throw new InvalidArgumentException(
            "there is no attribute '" + attr + "'; there are " + def.attrs().keySet());
      }
      return;
    }
    if (v instanceof AttrValue.Placeholder) {
      return;
    }
    List<AttrValue> items = a.list() && v instanceof AttrValue.ListAttr l ? l.items() : List.of(v);
    if (a.list() != (v instanceof AttrValue.ListAttr)) {
      throw new InvalidArgumentException(
          "attribute '" + attr + "' must " + (a.list() ? "be a list" : "not be a list"));
    }
    if (a.list() && a.minimum() != null && items.size() < a.minimum()) {
      throw new InvalidArgumentException(
          "attribute '" + attr + "' needs at least " + a.minimum() + " items, not " + items.size());
    }
    for (AttrValue i : items) {
      checkItem(a, i);
    }
  }

  private static void checkItem(AttrDef a, AttrValue v) {
    boolean fits =
        switch (a.kind()) {
          case STRING -> v instanceof AttrValue.Bytes;
          case INT -> v instanceof AttrValue.Int;
          case FLOAT -> v instanceof AttrValue.Real;
          case BOOL -> v instanceof AttrValue.Bool;
          case TYPE -> v instanceof AttrValue.Type;
          case SHAPE -> v instanceof AttrValue.ShapeAttr;
          case TENSOR -> v instanceof AttrValue.Tensor;
          case FUNC -> v instanceof AttrValue.Func;
        };
    if (!fits) {
      throw new InvalidArgumentException(
          "attribute '" + a.name() + "' must be a " + a.kind() + ", not " + v);
    }
    if (a.allowedTypes() != null
        && v instanceof AttrValue.Type t
        && !a.allowedTypes().contains(t.value())) {
      throw new InvalidArgumentException(
          "dtype "
              + t.value()
              + " of '"
              + a.name()
              + "' is not among those it takes: "
              + a.allowedTypes());
    }
    if (a.allowedStrings() != null
        && v instanceof AttrValue.Bytes b
        && !a.allowedStrings().contains(b.text())) {
      throw new InvalidArgumentException(
          "attribute '"
              + a.name()
              + "' must be one of "
              + a.allowedStrings()
              + ", not '"
              + b.text()
              + "'");
    }
    if (!a.list()
        && a.minimum() != null
        && v instanceof AttrValue.Int n
        && n.value() < a.minimum()) {
      throw new InvalidArgumentException(
          "attribute '" + a.name() + "' must be at least " + a.minimum() + ", not " + n.value());
    }
  }
}
