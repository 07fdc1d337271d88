package dev.millrace.ops.defs;

import static dev.millrace.ops.defs.QueueOps.aboutHandle;
import static dev.millrace.ops.defs.QueueOps.on;
import static dev.millrace.ops.defs.QueueOps.requireHandle;
import static dev.millrace.ops.defs.QueueOps.shared;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/**
 * What runs share beside variables, queues and tables: accumulators of gradients, mutexes, staging
 * areas, barriers, and tensors that a session keeps.
 */
final class SharedOps {
  private static final String DTYPE = "dtype: numbertype";

  private SharedOps() {}

  static void register(OpRegistry r) {
    accumulators(r);
    sparseAccumulators(r);
    mutexes(r);
    sessionTensors(r);
    staging(r);
    barriers(r);
  }

  private static void accumulators(OpRegistry r) {
    String[] attrs = {DTYPE, "shape: shape"};
    String reduction = "reduction_type: {'MEAN', 'SUM'} = 'MEAN'";
    for (boolean old : new boolean[] {true, false}) {
      String p = old ? "" : "Resource";
      r.add(shared(p + "ConditionalAccumulator", old, "handle", attrs).attrs(reduction));
      r.add(
          on(p + "AccumulatorNumAccumulated", old)
              .outputs("num_accumulated: int32")
              .shape(c -> aboutHandle(c)));
      r.add(
          on(p + "AccumulatorSetGlobalStep", old, "new_global_step: int64")
              .shape(c -> withScalar(c, "the global step")));
      r.add(
          on(p + "AccumulatorApplyGradient", old, "local_step: int64", "gradient: dtype")
              .attrs(DTYPE)
              .shape(c -> withScalar(c, "the local step")));
      r.add(
          on(p + "AccumulatorTakeGradient", old, "num_required: int32")
              .outputs("average: dtype")
              .attrs(DTYPE)
              .stateShape()
              .shape(c -> withScalar(c, "the number of gradients")));
    }
    r.add(shared("SparseConditionalAccumulator", true, "handle", attrs).attrs(reduction));
  }

  private static void withScalar(ShapeContext c, String what) {
    requireHandle(c, 0);
    Shapes.requireScalar(c, 1, what);
  }

  private static void sparseAccumulators(OpRegistry r) {
    r.add(
        on(
                "SparseAccumulatorApplyGradient",
                true,
                "local_step: int64",
                "gradient_indices: int64",
                "gradient_values: dtype",
                "gradient_shape: int64")
            .attrs(DTYPE, "has_known_shape: bool")
            .shape(c -> withScalar(c, "the local step")));
    r.add(
        on("SparseAccumulatorTakeGradient", true, "num_required: int32")
            .outputs("indices: int64", "values: dtype", "shape: int64")
            .attrs(DTYPE)
            .stateShape()
            .shape(
                c -> {
                  withScalar(c, "the number of gradients");
                  c.output(0, Shape.ofRank(1));
                  c.output(2, Shape.ofRank(1));
                }));
  }

  private static void mutexes(OpRegistry r) {
    r.add(
        OpDef.named("MutexV2")
            .outputs("resource: resource")
            .attrs("container: string = ''", "shared_name: string = ''")
            .stateful()
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("MutexLock")
            .inputs("mutex: resource")
            .outputs("mutex_lock: variant")
            .stateful()
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("ConsumeMutexLock")
            .inputs("mutex_lock: variant")
            .stateful()
            .shape(Shapes::none));
  }

  private static void sessionTensors(OpRegistry r) {
    r.add(
        OpDef.named("GetSessionHandle")
            .inputs("value: T")
            .outputs("handle: string")
            .attrs("T: type")
            .stateful()
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("GetSessionHandleV2")
            .inputs("value: T")
            .outputs("handle: resource")
            .attrs("T: type")
            .stateful()
            .shape(Shapes::scalar));
    r.add(
        OpDef.named("GetSessionTensor")
            .inputs("handle: string")
            .outputs("value: dtype")
            .attrs("dtype: type")
            .stateful()
            .stateShape()
            .shape(c -> Shapes.requireScalar(c, 0, "a handle")));
    r.add(
        OpDef.named("DeleteSessionTensor")
            .inputs("handle: string")
            .stateful()
            .shape(c -> Shapes.requireScalar(c, 0, "a handle")));
  }

  private static OpDef.Builder area(String type, String dtypes) {
    return OpDef.named(type)
        .attrs(
            "capacity: int >= 0 = 0",
            "memory_limit: int >= 0 = 0",
            dtypes,
            "container: string = ''",
            "shared_name: string = ''")
        .stateful();
  }

  private static void staging(OpRegistry r) {
    String some = "dtypes: list(type) >= 1";
    r.add(area("Stage", some).inputs("values: dtypes").shape(Shapes::none));
    r.add(area("Unstage", some).outputs("values: dtypes").stateShape().shape(Shapes::none));
    r.add(
        area("StagePeek", some)
            .inputs("index: int32")
            .outputs("values: dtypes")
            .stateShape()
            .shape(c -> Shapes.requireScalar(c, 0, "the index")));
    r.add(area("StageSize", "dtypes: list(type)").outputs("size: int32").shape(Shapes::scalar));
    r.add(area("StageClear", "dtypes: list(type)").shape(Shapes::none));
  }

  private static void barriers(OpRegistry r) {
    r.add(
        shared(
            "Barrier",
            true,
            "handle",
            "component_types: list(type) >= 1",
            "shapes: list(shape) >= 0 = []",
            "capacity: int = -1"));
    r.add(
        on("BarrierInsertMany", true, "keys: string", "values: T")
            .attrs("T: type", "component_index: int")
            .shape(
                c -> {
                  requireHandle(c, 0);
                  Shape keys = c.inputOfRank(1, 1);
                  Shape values = c.inputOfRankAtLeast(2, 1);
                  if (values.hasRank()) {
                    Shapes.mergeDims(
                        keys.dim(0), values.dim(0), "the numbers of keys and of values");
                  }
                }));
    r.add(
        on("BarrierTakeMany", true, "num_elements: int32")
            .outputs("indices: int64", "keys: string", "values: component_types")
            .attrs(
                "component_types: list(type) >= 1",
                "allow_small_batch: bool = false",
                "wait_for_incomplete: bool = false",
                "timeout_ms: int = -1")
            .stateShape()
            .shape(c -> withScalar(c, "the number of elements")));
    r.add(
        on("BarrierClose", true)
            .attrs("cancel_pending_enqueues: bool = false")
            .shape(c -> requireHandle(c, 0)));
    r.add(on("BarrierReadySize", true).outputs("size: int32").shape(c -> aboutHandle(c)));
    r.add(on("BarrierIncompleteSize", true).outputs("size: int32").shape(c -> aboutHandle(c)));
  }
}
