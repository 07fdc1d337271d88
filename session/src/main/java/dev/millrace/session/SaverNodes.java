package dev.millrace.session;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.SaverDef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The nodes by which TensorFlow saves and restores, with its names: {@code save/SaveV2}, {@code
 * save/RestoreV2}, an assignment a variable, {@code save/restore_all}. Sessions here do without
 * them; a graph that is exported needs them.
 */
final class SaverNodes {
  private final Ops tf;
  private final List<SavedTensor> tensors;
  private final boolean reshape;

  private SaverNodes(Ops tf, List<SavedTensor> tensors, boolean reshape) {
    this.tf = tf;
    this.tensors = tensors;
    this.reshape = reshape;
  }

  /** Adds the nodes in a scope called {@code name}; the result names them. */
  static SaverDef.Builder add(
      Graph graph, String name, List<SavedTensor> tensors, boolean reshape) {
    Ops tf = Ops.of(graph);
    try (Scope outside = graph.outsideFunctions();
        Scope free = tf.clearControlDependencies();
        Scope root = graph.nameScope("");
        Scope own = graph.nameScope(name)) {
      return new SaverNodes(tf, tensors, reshape).build();
    }
  }

  private SaverDef.Builder build() {
    Tensor model;
    try (Scope s = tf.graph().nameScope("filename")) {
      model = withDefault(tf.constant("input", "model"), s.name());
    }
    Tensor file = withDefault(model, "Const");
    Tensor saved = save(file);
    Operation restored = restore(file);
    return SaverDef.newBuilder()
        .setFilenameTensorName(file.asOutput().name())
        .setSaveTensorName(saved.asOutput().name())
        .setRestoreOpName(restored.name())
        .setVersion(SaverDef.CheckpointFormatVersion.V2);
  }

  private Tensor withDefault(Tensor value, String name) {
    return tensor(
        tf.op("PlaceholderWithDefault", name)
            .input(value)
            .attr("dtype", DataType.STRING)
            .attr("shape", Shape.scalar())
            .build());
  }

  private Tensor tensor(Operation op) {
    return tf.tensor(op.output(0));
  }

  private Tensor texts(String name, Function<SavedTensor, String> text) {
    byte[][] all =
        tensors.stream()
            .map(t -> text.apply(t).getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    return tf.constant(name, TensorValue.wrap(DataType.STRING, Shape.vector(all.length), all));
  }

  private Tensor save(Tensor file) {
    List<Tensor> values = new ArrayList<>();
    for (SavedTensor t : tensors) {
      values.add(
          t.isReference()
              ? tf.tensor(t.handle())
              : tensor(
                  tf.op("ReadVariableOp", t.handle().op().name() + "/Read_for_saving")
                      .input(t.handle())
                      .attr("dtype", t.dtype())
                      .build()));
    }
    Operation save;
    try (Scope s = tf.graph().nameScope("SaveV2")) {
      Tensor names = texts("tensor_names", SavedTensor::name);
      Tensor slices = texts("shape_and_slices", SavedTensor::spec);
      OpBuilder b = tf.op("SaveV2", s.name()).input(file).input(names).input(slices);
      save = b.inputList(values).build();
    }
    try (Scope after = tf.graph().controlDependencies(List.of(save))) {
      return tensor(tf.op("Identity", "control_dependency").input(file).build());
    }
  }

  private Operation restore(Tensor file) {
    List<Operation> assigned = new ArrayList<>();
    Operation restore;
    try (Scope s = tf.graph().nameScope("RestoreV2")) {
      Tensor names = texts("tensor_names", SavedTensor::name);
      Tensor slices = texts("shape_and_slices", SavedTensor::spec);
      restore =
          tf.op("RestoreV2", s.name())
              .input(file)
              .input(names)
              .input(slices)
              .attr("dtypes", AttrValue.ofTypes(tensors.stream().map(SavedTensor::dtype).toList()))
              .build();
    }
    for (int i = 0; i < tensors.size(); i++) {
      assigned.add(assign(tensors.get(i), tf.tensor(restore.output(i))));
    }
    return tf.group("restore_all", assigned.toArray());
  }

  private Operation assign(SavedTensor t, Tensor value) {
    Shape shape = t.shape();
    Tensor v = reshape && shape.isFullyDefined() ? tf.reshape(value, shape.dims()) : value;
    if (t.isReference()) {
      return tf.op("Assign", "Assign")
          .input(t.handle())
          .input(v)
          .attr("validate_shape", shape.isFullyDefined())
          .build();
    }
    return tf.op("AssignVariableOp", "AssignVariableOp").input(t.handle()).input(v).build();
  }
}
