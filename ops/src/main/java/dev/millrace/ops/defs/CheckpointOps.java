package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Writing and reading checkpoints: what savers make their nodes of. */
final class CheckpointOps {
  private static final String NAMES = "tensor_names: string";
  private static final String SLICES = "shape_and_slices: string";

  private CheckpointOps() {}

  static void register(OpRegistry r) {
    version2(r);
    version1(r);
    r.add(
        OpDef.named("ShardedFilename")
            .inputs("basename: string", "shard: int32", "num_shards: int32")
            .outputs("filename: string")
            .shape(CheckpointOps::scalars));
    r.add(
        OpDef.named("ShardedFilespec")
            .inputs("basename: string", "num_shards: int32")
            .outputs("filename: string")
            .shape(CheckpointOps::scalars));
  }

  private static void version2(OpRegistry r) {
    r.add(
        OpDef.named("SaveV2")
            .inputs("prefix: string", NAMES, SLICES, "tensors: dtypes")
            .attrs("dtypes: list(type) >= 1")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the prefix");
                  requireCount(c, 1, c.inputCount() - 3);
                  requireCount(c, 2, c.inputCount() - 3);
                }));
    r.add(
        OpDef.named("RestoreV2")
            .inputs("prefix: string", NAMES, SLICES)
            .outputs("tensors: dtypes")
            .attrs("dtypes: list(type) >= 1")
            .stateful()
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the prefix");
                  requireCount(c, 1, c.outputCount());
                  requireCount(c, 2, c.outputCount());
                  unknown(c);
                }));
    r.add(
        OpDef.named("MergeV2Checkpoints")
            .inputs("checkpoint_prefixes: string", "destination_prefix: string")
            .attrs("delete_old_dirs: bool = true")
            .stateful()
            .shape(
                c -> {
                  c.inputOfRank(0, 1);
                  Shapes.requireScalar(c, 1, "the destination");
                }));
  }

  private static void version1(OpRegistry r) {
    r.add(
        OpDef.named("Save")
            .inputs("filename: string", NAMES, "data: T")
            .attrs("T: list(type) >= 1")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the file's name");
                  requireCount(c, 1, c.inputCount() - 2);
                }));
    r.add(
        OpDef.named("SaveSlices")
            .inputs("filename: string", NAMES, "shapes_and_slices: string", "data: T")
            .attrs("T: list(type) >= 1")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "the file's name");
                  requireCount(c, 1, c.inputCount() - 3);
                  requireCount(c, 2, c.inputCount() - 3);
                }));
    r.add(
        OpDef.named("Restore")
            .inputs("file_pattern: string", "tensor_name: string")
            .outputs("tensor: dt")
            .attrs("dt: type", "preferred_shard: int = -1")
            .stateful()
            .stateShape()
            .shape(CheckpointOps::restored));
    r.add(
        OpDef.named("RestoreSlice")
            .inputs("file_pattern: string", "tensor_name: string", "shape_and_slice: string")
            .outputs("tensor: dt")
            .attrs("dt: type", "preferred_shard: int = -1")
            .stateful()
            .stateShape()
            .shape(CheckpointOps::restored));
  }

  private static void restored(ShapeContext c) {
    for (int i = 0; i < c.inputCount(); i++) {
      Shapes.requireScalar(c, i, "the name");
    }
    unknown(c);
  }

  private static void unknown(ShapeContext c) {
    for (int i = 0; i < c.outputCount(); i++) {
      c.output(i, Shape.unknown());
    }
  }

  private static void scalars(ShapeContext c) {
    for (int i = 0; i < c.inputCount(); i++) {
      Shapes.requireScalar(c, i, "every input");
    }
    c.output(0, Shape.scalar());
  }

  private static void requireCount(ShapeContext c, int input, int count) {
    Shape s = c.inputOfRank(input, 1);
    if (!s.isCompatibleWith(Shape.vector(count))) {
      throw new InvalidArgumentException(
          "input "
              + input
              + " has the shape "
              + s
              + ", where there is one for each of "
              + count
              + " tensors");
    }
  }
}
