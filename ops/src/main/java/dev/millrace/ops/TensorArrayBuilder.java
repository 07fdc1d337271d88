package dev.millrace.ops;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import java.util.Set;

/** Collects what is to be said about a {@link TensorArray}; {@link #build} makes it. */
public final class TensorArrayBuilder {
  private final Ops ops;
  private final DataType dtype;
  private Object size = 0;
  private String name = "TensorArray";
  private boolean dynamicSize;
  private boolean inferShape = true;
  private Shape elementShape = Shape.unknown();

  TensorArrayBuilder(Ops ops, DataType dtype) {
    this.ops = ops;
    this.dtype = dtype;
  }

  /** The number of elements: a number or int32 scalar; 0 by default. */
  public TensorArrayBuilder size(Object size) {
    this.size = size;
    return this;
  }

  /** Whether writing behind the end makes the array longer. */
  public TensorArrayBuilder dynamicSize(boolean dynamic) {
    this.dynamicSize = dynamic;
    return this;
  }

  /** Whether what is written tells the shape of all elements: by default it does. */
  public TensorArrayBuilder inferShape(boolean infer) {
    this.inferShape = infer;
    return this;
  }

  /** What is known of the shape of all elements. */
  public TensorArrayBuilder elementShape(Shape shape) {
    this.elementShape = shape;
    return this;
  }

  /** The name scope. */
  public TensorArrayBuilder name(String name) {
    this.name = name;
    return this;
  }

  /** Makes the array (TensorListReserve). */
  public TensorArray build() {
    try (Scope s = ops.scope(name)) {
      Output n = ops.convert(size, DataType.INT32, "size");
      Tensor list = new TensorLists(ops).reserve(dtype, elementShape, n);
      TensorArray.Kind kind = new TensorArray.Kind(dtype, dynamicSize, inferShape, elementShape);
      long known = n.constantValue() == null ? Shape.UNKNOWN : n.constantValue().toLongs()[0];
      return new TensorArray(ops, list.asOutput(), kind, known, Set.of());
    }
  }
}
