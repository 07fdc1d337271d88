package dev.millrace.ops;

import dev.millrace.graph.CreationSite;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What all families of ops are built with: nodes, the conversion of their inputs, and scopes. */
abstract class GraphApi {
  private final Graph graph;

  GraphApi(Graph graph) {
    this.graph = graph;
  }

  /** This object by its public type. */
  abstract Ops self();

  /** The graph that these ops are added to. */
  public Graph graph() {
    return graph;
  }

  // ---- nodes

  /**
   * Begins an operation of any registered type.
   *
   * @param type an op type of TensorFlow's registry, as {@code MatMul}
   * @param name the name inside the current scope; null for the type
   * @throws dev.millrace.graph.NotFoundException if the type is not registered
   */
  public OpBuilder op(String type, String name) {
    return graph.opBuilder(given(type, "the op type"), name);
  }

  /** The tensor that {@code x} stands for, with the methods to go on from it. */
  public Tensor tensor(Operand x) {
    return x instanceof Tensor t ? t : new Tensor(self(), given(x, "the tensor").asOutput());
  }

  /** Adds the node and gives its first output. */
  Tensor finish(OpBuilder node) {
    return tensor(node.build().output(0));
  }

  /** All outputs of {@code op}, in order. */
  List<Tensor> tensors(Operation op) {
    return op.outputs().stream().map(this::tensor).toList();
  }

  /** A node with these inputs and no attributes beyond what follows from them. */
  Tensor node(String type, String name, Object... inputs) {
    return finish(begin(type, name, inputs));
  }

  /**
   * Begins a node, converting the inputs that are Java values: each becomes a constant {@code
   * name/argument} of the dtype that the op's definition asks for, be it fixed or that of another
   * input; where nothing tells, its own.
   */
  OpBuilder begin(String type, String name, Object... inputs) {
    if (Arrays.stream(inputs).allMatch(GraphApi::isReady)) {
      return withInputs(op(type, name), Arrays.asList(inputs));
    }
    try (Scope s = graph.nameScope(name)) {
      List<ArgDef> args = graph.registry().get(type).inputs();
      Map<String, DataType> types = knownTypes(args, inputs);
      List<Object> converted = new ArrayList<>();
      for (int i = 0; i < inputs.length; i++) {
        ArgDef arg = args.get(i);
        DataType hint = arg.type() != null ? arg.type() : types.get(arg.typeAttr());
        Object in =
            arg.isList()
                ? convertAll(inputs[i], hint, arg.name())
                : convert(inputs[i], hint, arg.name());
        converted.add(in);
        if (arg.typeAttr() != null) {
          firstType(in).ifPresent(t -> types.putIfAbsent(arg.typeAttr(), t));
        }
      }
      return withInputs(op(type, s.name()), converted);
    }
  }

  private static boolean isReady(Object input) {
    return input instanceof Operand
        || (input instanceof List<?> list && list.stream().allMatch(Operand.class::isInstance));
  }

  private static OpBuilder withInputs(OpBuilder b, List<?> inputs) {
    for (Object in : inputs) {
      if (in instanceof List<?> list) {
        b.inputList(list.stream().map(Operand.class::cast).toList());
      } else {
        b.input((Operand) in);
      }
    }
    return b;
  }

  /** The type attributes that inputs which are tensors already settle. */
  private static Map<String, DataType> knownTypes(List<ArgDef> args, Object[] inputs) {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      String attr = args.get(i).typeAttr();
      if (attr != null) {
        firstType(inputs[i]).ifPresent(t -> types.putIfAbsent(attr, t));
      }
    }
    return types;
  }

  private static Optional<DataType> firstType(Object input) {
    if (input instanceof Operand x) {
      return Optional.of(x.asOutput().dtype());
    }
    return Conversions.items(input).stream()
        .filter(Operand.class::isInstance)
        .map(x -> ((Operand) x).asOutput().dtype())
        .findFirst();
  }

  // ---- conversion of inputs

  /**
   * {@code x} as a tensor: itself if it is one; a list with tensors in it packed; anything else a
   * constant.
   *
   * @param hint the dtype of a constant; null for the value's own
   * @param name the constant's name
   */
  Output convert(Object x, DataType hint, String name) {
    if (x instanceof Operand o) {
      return o.asOutput();
    }
    if (Conversions.hasOperandInside(x)) {
      return pack(Conversions.items(x), hint, name);
    }
    return constantNode(name, value(x, hint));
  }

  /** {@link Conversions#value}, its errors told with the line of user code. */
  TensorValue value(Object x, DataType hint) {
    try {
      return Conversions.value(x, hint);
    } catch (InvalidArgumentException e) {
      throw error(e.getMessage());
    }
  }

  /** An error about the call that is being made, told with the line of user code. */
  static InvalidArgumentException error(String message) {
    CreationSite site = CreationSite.here();
    return new InvalidArgumentException(message + (site.isKnown() ? "\n  called at " + site : ""));
  }

  /**
   * An argument that must not be null.
   *
   * @param what for the message: {@code the axes}
   */
  static <T> T given(T x, String what) {
    if (x == null) {
      throw error(what + " must not be null");
    }
    return x;
  }

  /** A list that must not be null nor have nulls. */
  static <T> List<T> givenAll(List<T> list, String what) {
    for (T x : given(list, what)) {
      given(x, "an element of " + what);
    }
    return list;
  }

  private List<Output> convertAll(Object list, DataType hint, String name) {
    List<Output> r = new ArrayList<>();
    for (Object item : Conversions.items(list)) {
      r.add(convert(item, hint, name + "_" + r.size()));
    }
    return r;
  }

  /** A list of values and tensors as one tensor, nested lists as further dimensions. */
  private Output pack(List<?> items, DataType hint, String name) {
    DataType dtype = innerType(items);
    try (Scope s = graph.nameScope(name)) {
      List<Output> parts = new ArrayList<>();
      for (Object item : items) {
        parts.add(convert(item, dtype == null ? hint : dtype, Integer.toString(parts.size())));
      }
      return op("Pack", s.name()).inputList(parts).attr("axis", 0).build().output(0);
    }
  }

  private static DataType innerType(Object x) {
    for (Object item : Conversions.items(x)) {
      DataType t = item instanceof Operand o ? o.asOutput().dtype() : innerType(item);
      if (t != null) {
        return t;
      }
    }
    return null;
  }

  Output constantNode(String name, TensorValue value) {
    return op("Const", name).attr("value", value).attr("dtype", value.dtype()).build().output(0);
  }

  /**
   * A vector of sizes: a tensor; a {@link Shape}; whole numbers in an array or list, or one alone;
   * or a list in which tensors stand for some of them.
   *
   * @param openSize whether one size may be -1, as Reshape allows
   */
  Output sizes(Object shape, String name, boolean openSize) {
    if (shape instanceof Operand o) {
      return o.asOutput();
    }
    if (Conversions.hasOperandInside(shape)) {
      return pack(Conversions.items(shape), DataType.INT32, name);
    }
    return constantNode(name, sizesValue(shape, openSize));
  }

  /** As {@link #sizes}, where no tensor is in it. */
  TensorValue sizesValue(Object shape, boolean openSize) {
    TensorValue v;
    if (shape instanceof Shape s && s.hasRank()) {
      v = Conversions.ofSizes(s.dims(), null);
    } else if (shape instanceof Integer || shape instanceof Long) {
      v = Conversions.ofSizes(new long[] {((Number) shape).longValue()}, null);
    } else if (shape instanceof long[] sizes) {
      v = Conversions.ofSizes(sizes, null);
    } else {
      boolean none = shape instanceof List<?> l && l.isEmpty();
      v = value(shape, none ? DataType.INT32 : null);
    }
    if (!v.dtype().isInteger() || v.shape().rank() != 1) {
      throw error("a shape is a vector of whole numbers, not " + v);
    }
    long open = Arrays.stream(v.toLongs()).filter(d -> d < 0).count();
    if (open > 0 && (!openSize || open > 1)) {
      throw error(
          "the shape "
              + v
              + (openSize
                  ? " has more than one size left open"
                  : " is not fully known: take the missing size from a tensor, as in"
                      + " List.of(x.shapeTensor().get(0), 3)"));
    }
    return v;
  }

  /** The value of an axis argument: one axis is a scalar, as in Python; several are a vector. */
  static Object axes(int[] axes) {
    return axes.length == 1 ? (Object) axes[0] : axes.clone();
  }

  /** {@code axis} counted from the front, for a tensor of known rank. */
  static int axis(int axis, int rank, String what) {
    if (axis < -rank || axis >= rank) {
      throw error(
          what
              + ": axis "
              + axis
              + " is outside a tensor of rank "
              + rank
              + ", [-"
              + rank
              + ", "
              + rank
              + ")");
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** Refuses an axis that {@code x}, a tensor of known rank, does not have. */
  static void checkAxis(String what, Object x, int axis) {
    if (x instanceof Operand o && o.asOutput().shape().hasRank()) {
      axis(axis, o.asOutput().shape().rank(), what);
    }
  }

  // ---- scopes

  /**
   * Opens a name scope: operations made in it are called {@code name/…}. A name that is taken gets
   * a suffix; one that ends in a slash enters that scope again.
   *
   * <pre>{@code
   * try (var s = tf.scope("layer1")) { ... }
   * }</pre>
   */
  public Scope scope(String name) {
    return graph.nameScope(name);
  }

  /** Opens a device scope, as {@code "/cpu:0"} or {@code "/device:GPU:0"}; null leaves it open. */
  public Scope device(String device) {
    return graph.device(device);
  }

  /**
   * Opens a scope whose operations run after those given. Operations made before it are not
   * delayed: to wait with a tensor that exists already, take its {@code identity()} inside.
   *
   * @param before {@link Operation}s or {@link Operand}s
   */
  public Scope controlDependencies(Object... before) {
    return graph.controlDependencies(operations(Arrays.asList(given(before, "the operations"))));
  }

  /** As {@link #controlDependencies(Object...)}. */
  public Scope controlDependencies(List<?> before) {
    return graph.controlDependencies(operations(before));
  }

  /** Opens a scope whose operations do not wait for what enclosing scopes ask for. */
  public Scope clearControlDependencies() {
    return graph.controlDependencies((Collection<Operation>) null);
  }

  /** Opens a scope whose operations are placed with {@code x}. */
  public Scope colocateWith(Operand x) {
    return graph.colocateWith(operation(x));
  }

  /** Opens a scope whose operations are placed with {@code op}. */
  public Scope colocateWith(Operation op) {
    return graph.colocateWith(op);
  }

  /**
   * Opens a scope whose operations of the given types are differentiated by other functions than
   * their types': those registered under the given names, which may be op types. {@code
   * Map.of("Round", "Identity")} lets gradients pass a rounding as if it were not there.
   */
  public Scope gradientOverrideMap(Map<String, String> byType) {
    return graph.gradientOverrideMap(byType);
  }

  /** The operations meant by a list of operations and tensors, nested lists flattened. */
  static List<Operation> operations(List<?> xs) {
    List<Operation> r = new ArrayList<>();
    for (Object x : given(xs, "the list of operations")) {
      if (x instanceof List || x instanceof Object[]) {
        r.addAll(operations(Conversions.items(x)));
      } else {
        r.add(operation(x));
      }
    }
    return r;
  }

  /** The operation that computes {@code x}: of an assignment, the assignment itself. */
  static Operation operation(Object x) {
    if (x instanceof Operation op) {
      return op;
    } else if (x instanceof Assigned a) {
      return a.operation();
    } else if (x instanceof Operand o) {
      return o.asOutput().op();
    }
    throw error("neither an operation nor a tensor: " + x);
  }
}
