package dev.millrace.graph;

import java.util.Arrays;
import java.util.List;

/** Runs the shape and value functions of a node while a graph is built, on what its inputs tell. */
final class NodeShapes implements ShapeContext {
  private final OpDef def;
  private final Attrs attrs;
  private final List<Output> inputs;
  private final List<DataType> outputTypes;
  private final Shape[] shapes;
  private final HandleData[] handles;
  private final KnownInts[] known;
  private boolean anyInput;

  private NodeShapes(OpDef def, Attrs attrs, List<Output> inputs, List<DataType> outputTypes) {
    this.def = def;
    this.attrs = attrs;
    this.inputs = inputs;
    this.outputTypes = outputTypes;
    this.shapes = new Shape[outputTypes.size()];
    this.handles = new HandleData[outputTypes.size()];
    this.known = new KnownInts[outputTypes.size()];
    Arrays.fill(shapes, Shape.unknown());
  }

  /**
   * The shapes and known values of the outputs. Inputs that are null (back edges to come) are of
   * unknown shape.
   *
   * @throws InvalidArgumentException if the inputs do not fit
   * @throws InternalException if the op's functions fail otherwise
   */
  static NodeShapes infer(OpDef def, Attrs attrs, List<Output> inputs, List<DataType> outputTypes) {
    NodeShapes n = new NodeShapes(def, attrs, inputs, outputTypes);
    try {
      def.shapeFn().infer(n);
      n.inferValues();
    } catch (MillraceException e) {
      throw e;
    } catch (ArithmeticException e) {
      throw new InvalidArgumentException(
          "the sizes are too large to compute with: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new InternalException("the shape function of " + def.name() + " failed: " + e, e);
    }
    return n;
  }

  private void inferValues() {
    if (def.valueFn() == null) {
      return;
    }
    anyInput = true;
    for (int i = 0; i < known.length; i++) {
      DataType t = outputTypes.get(i);
      Shape s = shapes[i];
      boolean small = s.hasRank() && s.rank() <= 1 && s.numElements() <= KnownInts.MAX_SIZE;
      if (small && (t.isInteger() || t == DataType.BOOL)) {
        known[i] = def.valueFn().value(this, i, s);
      }
    }
  }

  Shape[] shapes() {
    return shapes;
  }

  HandleData[] handles() {
    return handles;
  }

  KnownInts[] knownInts() {
    return known;
  }

  @Override
  public String opType() {
    return def.name();
  }

  @Override
  public Attrs attrs() {
    return attrs;
  }

  @Override
  public int inputCount() {
    return inputs.size();
  }

  @Override
  public DataType inputType(int i) {
    Output in = inputs.get(i);
    return in == null ? def.inputTypes(attrs).get(i) : in.dtype();
  }

  @Override
  public Shape input(int i) {
    Output in = inputs.get(i);
    return in == null ? Shape.unknown() : in.shape();
  }

  @Override
  public int outputCount() {
    return shapes.length;
  }

  @Override
  public DataType outputType(int i) {
    return outputTypes.get(i);
  }

  @Override
  public KnownInts ints(int i) {
    checkValueInput(i);
    Output in = inputs.get(i);
    return in == null ? null : in.knownInts();
  }

  @Override
  public TensorValue constant(int i) {
    checkValueInput(i);
    Output in = inputs.get(i);
    return in == null ? null : in.constantValue();
  }

  private void checkValueInput(int i) {
    if (!anyInput && !def.isValueInput(i, inputs.size())) {
      throw new InternalException(
          "the shape function of "
              + def.name()
              + " asks for the value of input "
              + i
              + ", which its definition does not list");
    }
  }

  @Override
  public HandleData handle(int i) {
    Output in = inputs.get(i);
    return in == null ? null : in.handleData();
  }

  @Override
  public void output(int i, Shape shape) {
    shapes[i] = shape;
  }

  @Override
  public void outputHandle(int i, HandleData data) {
    handles[i] = data;
  }
}
