package dev.millrace.ops.defs;

import dev.millrace.graph.DataType;
import dev.millrace.graph.HandleData;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * Arrays of tensors and stacks of tensors: resources that live as long as a run. A tensor array's
 * {@code flow}, a scalar without meaning of its own, orders its operations and carries gradients.
 */
final class TensorArrayOps {
  private static final String HANDLE = "handle: resource";
  private static final String FLOW_IN = "flow_in: float";
  private static final String FLOW_OUT = "flow_out: float";

  private TensorArrayOps() {}

  static void register(OpRegistry r) {
    makers(r);
    elementOps(r);
    bulkOps(r);
    stacks(r);
  }

  private static void makers(OpRegistry r) {
    r.add(
        OpDef.named("TensorArrayV3")
            .inputs("size: int32")
            .outputs(HANDLE, "flow: float")
            .attrs(
                "dtype: type",
                "element_shape: shape = { unknown_rank: true }",
                "dynamic_size: bool = false",
                "clear_after_read: bool = true",
                "identical_element_shapes: bool = false",
                "tensor_array_name: string = ''")
            .stateful()
            .shape(TensorArrayOps::arrayShape));
    r.add(
        OpDef.named("TensorArrayGradV3")
            .inputs(HANDLE, FLOW_IN)
            .outputs("grad_handle: resource", FLOW_OUT)
            .attrs("source: string")
            .stateful()
            .shape(
                c -> {
                  handle(c);
                  requireFlow(c, 1);
                  gradShape(c, c.handle(0));
                }));
    r.add(
        OpDef.named("TensorArrayGradWithShape")
            .inputs(HANDLE, FLOW_IN, "shape_to_prepend: int32")
            .outputs("grad_handle: resource", FLOW_OUT)
            .attrs("source: string")
            .stateful()
            .valueInputs(2)
            .shape(TensorArrayOps::gradWithShape));
  }

  private static void elementOps(OpRegistry r) {
    r.add(
        OpDef.named("TensorArrayWriteV3")
            .inputs(HANDLE, "index: int32", "value: T", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type")
            .stateful()
            .shape(TensorArrayOps::writeShape));
    r.add(
        OpDef.named("TensorArrayReadV3")
            .inputs(HANDLE, "index: int32", FLOW_IN)
            .outputs("value: dtype")
            .attrs("dtype: type")
            .stateful()
            .stateShape()
            .shape(TensorArrayOps::readShape));
    r.add(
        OpDef.named("TensorArraySizeV3")
            .inputs(HANDLE, FLOW_IN)
            .outputs("size: int32")
            .stateful()
            .shape(
                c -> {
                  handle(c);
                  requireFlow(c, 1);
                  c.output(0, Shape.scalar());
                }));
    r.add(
        OpDef.named("TensorArrayCloseV3").inputs(HANDLE).stateful().shape(TensorArrayOps::handle));
  }

  private static void bulkOps(OpRegistry r) {
    r.add(
        OpDef.named("TensorArrayGatherV3")
            .inputs(HANDLE, "indices: int32", FLOW_IN)
            .outputs("value: dtype")
            .attrs("dtype: type", "element_shape: shape = { unknown_rank: true }")
            .stateful()
            .stateShape()
            .shape(TensorArrayOps::gatherShape));
    r.add(
        OpDef.named("TensorArrayScatterV3")
            .inputs(HANDLE, "indices: int32", "value: T", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type")
            .stateful()
            .shape(TensorArrayOps::scatterShape));
    r.add(
        OpDef.named("TensorArrayConcatV3")
            .inputs(HANDLE, FLOW_IN)
            .outputs("value: dtype", "lengths: int64")
            .attrs("dtype: type", "element_shape_except0: shape = { unknown_rank: true }")
            .stateful()
            .stateShape()
            .shape(TensorArrayOps::concatShape));
    r.add(
        OpDef.named("TensorArraySplitV3")
            .inputs(HANDLE, "value: T", "lengths: int64", FLOW_IN)
            .outputs(FLOW_OUT)
            .attrs("T: type")
            .stateful()
            .shape(
                c -> {
                  handle(c);
                  c.inputOfRankAtLeast(1, 1);
                  c.inputOfRank(2, 1);
                  requireFlow(c, 3);
                  c.output(0, Shape.scalar());
                }));
  }

  private static void stacks(OpRegistry r) {
    r.add(
        OpDef.named("StackV2")
            .inputs("max_size: int32")
            .outputs(HANDLE)
            .attrs("elem_type: type", "stack_name: string = ''")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the size");
                  c.output(0, Shape.scalar());
                }));
    r.add(
        OpDef.named("Stack")
            .outputs("handle: Ref(string)")
            .attrs("elem_type: type", "stack_name: string = ''")
            .stateful()
            .shape(c -> c.output(0, Shape.vector(2))));
    for (boolean old : new boolean[] {true, false}) {
      String handle = old ? "handle: Ref(string)" : HANDLE;
      String v = old ? "" : "V2";
      r.add(
          OpDef.named("StackPush" + v)
              .inputs(handle, "elem: T")
              .outputs("output: T")
              .attrs("T: type", "swap_memory: bool = false")
              .stateful()
              .shape(c -> c.output(0, c.input(1))));
      r.add(
          OpDef.named("StackPop" + v)
              .inputs(handle)
              .outputs("elem: elem_type")
              .attrs("elem_type: type")
              .stateful()
              .stateShape()
              .shape(c -> {}));
      r.add(OpDef.named("StackClose" + v).inputs(handle).stateful().shape(Shapes::none));
    }
  }

  private static void arrayShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "the size");
    Shape element = c.attrs().getShape("element_shape");
    c.output(0, Shape.scalar());
    c.output(1, Shape.scalar());
    if (element.isFullyDefined() || c.attrs().getBool("identical_element_shapes")) {
      c.outputHandle(0, new HandleData(c.attrs().getType("dtype"), element));
    }
  }

  /** A resource, or the two parts of a name. */
  private static void handle(ShapeContext c) {
    if (c.inputType(0) == DataType.RESOURCE) {
      Shapes.requireScalar(c, 0, "the handle of a tensor array");
    } else if (!c.input(0).isCompatibleWith(Shape.vector(2))) {
      throw new InvalidArgumentException(
          "the handle of a tensor array is a vector of 2 strings, not " + c.input(0));
    }
  }

  private static void requireFlow(ShapeContext c, int i) {
    Shapes.requireScalar(c, i, "the flow");
  }

  private static void gradShape(ShapeContext c, HandleData data) {
    c.output(0, Shape.scalar());
    c.output(1, Shape.scalar());
    if (data != null) {
      c.outputHandle(0, data);
    }
  }

  private static void gradWithShape(ShapeContext c) {
    handle(c);
    requireFlow(c, 1);
    HandleData data = c.handle(0);
    gradShape(
        c,
        data == null
            ? null
            : new HandleData(data.dtype(), c.shapeFromInput(2).concat(data.shape())));
  }

  /** What is known of the shape of the elements. */
  private static Shape elementShape(ShapeContext c, DataType dtype) {
    HandleData data = c.handle(0);
    if (data == null) {
      return Shape.unknown();
    }
    if (data.dtype() != dtype) {
      throw new InvalidArgumentException(
          "the tensor array holds " + data.dtype() + " values, not " + dtype);
    }
    return data.shape();
  }

  private static void requireElement(ShapeContext c, Shape value) {
    Shape element = elementShape(c, c.attrs().getType("T"));
    if (!element.isCompatibleWith(value)) {
      throw new InvalidArgumentException(
          "a value of shape "
              + value
              + " does not go into a tensor array whose elements are of shape "
              + element);
    }
  }

  private static void writeShape(ShapeContext c) {
    handle(c);
    Shapes.requireScalar(c, 1, "the index");
    requireFlow(c, 3);
    requireElement(c, c.input(2));
    c.output(0, Shape.scalar());
  }

  private static void readShape(ShapeContext c) {
    handle(c);
    Shapes.requireScalar(c, 1, "the index");
    requireFlow(c, 2);
    c.output(0, elementShape(c, c.attrs().getType("dtype")));
  }

  private static void gatherShape(ShapeContext c) {
    handle(c);
    Shape indices = c.inputOfRank(1, 1);
    requireFlow(c, 2);
    Shape element = c.attrs().getShape("element_shape");
    Shape known = elementShape(c, c.attrs().getType("dtype"));
    if (!element.isCompatibleWith(known)) {
      throw new InvalidArgumentException(
          "elements of shape " + element + " are asked of a tensor array of shape " + known);
    }
    c.output(0, indices.concat(element.merge(known)));
  }

  private static void scatterShape(ShapeContext c) {
    handle(c);
    Shape indices = c.inputOfRank(1, 1);
    Shape value = c.inputOfRankAtLeast(2, 1);
    requireFlow(c, 3);
    if (value.hasRank()) {
      Shapes.mergeDims(indices.dim(0), value.dim(0), "the numbers of indices and of elements");
      requireElement(c, value.sliceFrom(1));
    }
    c.output(0, Shape.scalar());
  }

  private static void concatShape(ShapeContext c) {
    handle(c);
    requireFlow(c, 1);
    Shape rest = c.attrs().getShape("element_shape_except0");
    c.output(0, Shape.ofRank(1).concat(rest));
    c.output(1, Shape.ofRank(1));
  }
}
