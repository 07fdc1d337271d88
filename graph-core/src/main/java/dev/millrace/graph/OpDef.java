package dev.millrace.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The definition of an op type: inputs, outputs, attributes with defaults, whether it has state,
 * and the functions that tell its output shapes and, for shape arithmetic, its known values.
 *
 * <p>Made with {@link #named}, in the notation of TensorFlow's op registrations:
 *
 * <pre>{@code
 * OpDef.named("MatMul")
 *     .inputs("a: T", "b: T")
 *     .outputs("product: T")
 *     .attrs("transpose_a: bool = false", "transpose_b: bool = false", "T: {float, double, int32, int64}")
 *     .shape(c -> ...)
 * }</pre>
 */
public final class OpDef {
  /** The kinds of attribute values. */
  public enum AttrKind {
    STRING,
    INT,
    FLOAT,
    BOOL,
    TYPE,
    SHAPE,
    TENSOR,
    FUNC
  }

  /**
   * An input or output, or a list of them.
   *
   * @param type the fixed dtype, or null
   * @param typeAttr the attribute that holds the dtype, or null
   * @param numberAttr the attribute that holds how many there are, all of one dtype, or null
   * @param typeListAttr the attribute that holds the dtypes of a list, or null
   * @param isRef whether it is a reference to a variable's storage
   */
  public record ArgDef(
      String name,
      DataType type,
      String typeAttr,
      String numberAttr,
      String typeListAttr,
      boolean isRef) {
    private static final int MOST_TENSORS = 1 << 20;

    /** Whether this stands for any number of tensors. */
    public boolean isList() {
      return numberAttr != null || typeListAttr != null;
    }

    /**
     * The dtypes of the tensors that this stands for in a node with those attributes.
     *
     * @throws InvalidArgumentException if an attribute is missing or tells an impossible number
     */
    public List<DataType> types(Attrs a) {
      if (typeListAttr != null) {
        return a.getTypes(typeListAttr);
      }
      DataType t = type != null ? type : a.getType(typeAttr);
      long n = numberAttr == null ? 1 : a.getInt(numberAttr);
      if (n < 0 || n > MOST_TENSORS) {
        throw new InvalidArgumentException(
            "attribute '" + numberAttr + "' makes '" + name + "' a list of " + n + " tensors");
      }
      return Collections.nCopies((int) n, t);
    }
  }

  /**
   * An attribute.
   *
   * @param allowedTypes the dtypes that may be given, or null for any
   * @param allowedStrings the strings that may be given, or null for any
   * @param minimum the least value of an int, or length of a list; null for any
   * @param defaultValue null where the attribute must be given
   */
  public record AttrDef(
      String name,
      AttrKind kind,
      boolean list,
      Set<DataType> allowedTypes,
      Set<String> allowedStrings,
      Long minimum,
      AttrValue defaultValue) {}

  private final String name;
  private final List<ArgDef> inputs;
  private final List<ArgDef> outputs;
  private final Map<String, AttrDef> attrs;
  private final boolean stateful;
  private final boolean commutative;
  private final ShapeFn shapeFn;
  private final ValueFn valueFn;
  private final Set<Integer> valueInputs;
  private final boolean stateShape;
  private final boolean opaque;

  private OpDef(Builder b, Map<String, AttrDef> attrs, List<ArgDef> inputs, List<ArgDef> outputs) {
    this.name = b.name;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.attrs = attrs;
    this.stateful = b.stateful;
    this.commutative = b.commutative;
    this.shapeFn = b.shapeFn;
    this.valueFn = b.valueFn;
    this.valueInputs = Set.copyOf(b.valueInputs);
    this.stateShape = b.stateShape;
    this.opaque = b.opaque;
  }

  /** The same under another name, as of a type that has been renamed. */
  public OpDef renamed(String other) {
    Builder b = named(other).shape(shapeFn);
    b.stateful = stateful;
    b.commutative = commutative;
    b.valueFn = valueFn;
    b.valueInputs = valueInputs;
    b.stateShape = stateShape;
    b.opaque = opaque;
    return new OpDef(b, attrs, inputs, outputs);
  }

  /** Begins the definition of an op type. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /**
   * Stands in for a type that is not registered, so that its nodes can be kept in an imported
   * graph.
   */
  static OpDef opaque(String name) {
    Builder b = named(name).stateful().shape(c -> {});
    b.opaque = true;
    return b.build();
  }

  /** A definition read from elsewhere, of whose shapes nothing is known. */
  static OpDef of(
      String name,
      Map<String, AttrDef> attrs,
      List<ArgDef> inputs,
      List<ArgDef> outputs,
      boolean stateful,
      boolean commutative) {
    Builder b = named(name).shape(c -> {});
    b.stateful = stateful;
    b.commutative = commutative;
    return new OpDef(b, Collections.unmodifiableMap(new LinkedHashMap<>(attrs)), inputs, outputs);
  }

  public String name() {
    return name;
  }

  public List<ArgDef> inputs() {
    return inputs;
  }

  public List<ArgDef> outputs() {
    return outputs;
  }

  /** The dtypes of a node's inputs, lists flattened, by its attributes. */
  public List<DataType> inputTypes(Attrs a) {
    return types(inputs, a);
  }

  /** The dtypes of a node's outputs, lists flattened, by its attributes. */
  public List<DataType> outputTypes(Attrs a) {
    return types(outputs, a);
  }

  private static List<DataType> types(List<ArgDef> args, Attrs a) {
    List<DataType> types = new ArrayList<>();
    for (ArgDef arg : args) {
      types.addAll(arg.types(a));
    }
    return types;
  }

  /** The attributes in the order of definition. */
  public Map<String, AttrDef> attrs() {
    return attrs;
  }

  /**
   * Whether two nodes alike may give different results or have effects, so that they are neither
   * folded nor merged.
   */
  public boolean isStateful() {
    return stateful;
  }

  /** Whether the op's two inputs may change places. */
  public boolean isCommutative() {
    return commutative;
  }

  public ShapeFn shapeFn() {
    return shapeFn;
  }

  /** Null for ops that are not part of shape arithmetic. */
  public ValueFn valueFn() {
    return valueFn;
  }

  /**
   * Whether the values, not only the shapes, of input number {@code i} (counting flattened lists)
   * of a node with {@code inputCount} inputs decide output shapes.
   */
  public boolean isValueInput(int i, int inputCount) {
    return valueInputs.contains(i)
        || valueInputs.contains(i - inputCount)
        || valueInputs.contains(Builder.ALL);
  }

  /**
   * Whether an output's shape may be known only after the op has run, since it depends on state.
   */
  public boolean isStateShape() {
    return stateShape;
  }

  /** Whether this stands in for an unregistered type. */
  public boolean isOpaque() {
    return opaque;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects a definition. */
  public static final class Builder {
    private static final int ALL = Integer.MIN_VALUE;

    private final String name;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<String> attrs = new ArrayList<>();
    private boolean stateful;
    private boolean commutative;
    private boolean stateShape;
    private boolean opaque;
    private ShapeFn shapeFn;
    private ValueFn valueFn;
    private Set<Integer> valueInputs = Set.of();

    private Builder(String name) {
      this.name = name;
    }

    /**
     * Inputs: {@code "x: T"}, {@code "x: float"}, {@code "xs: N * T"}, {@code "xs: Tin"} (a list of
     * types), {@code "ref: Ref(T)"}.
     */
    public Builder inputs(String... specs) {
      inputs.addAll(Arrays.asList(specs));
      return this;
    }

    /** Outputs, in the notation of {@link #inputs}. */
    public Builder outputs(String... specs) {
      outputs.addAll(Arrays.asList(specs));
      return this;
    }

    /**
     * Attributes: {@code "T: type"}, {@code "T: {float, int32}"}, {@code "T: numbertype"}, {@code
     * "N: int >= 1"}, {@code "f: bool = false"}, {@code "padding: {'SAME', 'VALID'}"}, {@code "Tin:
     * list(type) >= 0"}, {@code "shape: shape = { unknown_rank: true }"}.
     */
    public Builder attrs(String... specs) {
      attrs.addAll(Arrays.asList(specs));
      return this;
    }

    /** The op has state or effects. */
    public Builder stateful() {
      stateful = true;
      return this;
    }

    /** The op's two inputs may change places. */
    public Builder commutative() {
      commutative = true;
      return this;
    }

    /** An output's shape may be known only after the op has run, since it depends on state. */
    public Builder stateShape() {
      stateShape = true;
      return this;
    }

    public Builder shape(ShapeFn fn) {
      shapeFn = fn;
      return this;
    }

    /**
     * The values of these inputs decide output shapes; only of these may the shape function ask.
     * Numbers count flattened lists; negative ones count from the end, -1 being the last input.
     */
    public Builder valueInputs(Integer... which) {
      valueInputs = Set.of(which);
      return this;
    }

    /** The values of all inputs decide output shapes. */
    public Builder allValueInputs() {
      valueInputs = Set.of(ALL);
      return this;
    }

    /** The op takes part in shape arithmetic. */
    public Builder value(ValueFn fn) {
      valueFn = fn;
      return this;
    }

    /**
     * The finished definition.
     *
     * @throws InvalidArgumentException if a spec cannot be read or names an attribute that is not
     *     there
     */
    public OpDef build() {
      if (shapeFn == null) {
        throw new InvalidArgumentException("op type '" + name + "' has no shape function");
      }
      try {
        Map<String, AttrDef> attrDefs = new LinkedHashMap<>();
        for (String s : attrs) {
          AttrDef a = OpSpecs.attr(s);
          attrDefs.put(a.name(), a);
        }
        List<ArgDef> ins = inputs.stream().map(s -> OpSpecs.arg(s, attrDefs)).toList();
        List<ArgDef> outs = outputs.stream().map(s -> OpSpecs.arg(s, attrDefs)).toList();
        return new OpDef(this, Collections.unmodifiableMap(attrDefs), ins, outs);
      } catch (RuntimeException e) {
        throw new InvalidArgumentException("op type '" + name + "': " + e.getMessage(), e);
      }
    }
  }
}
