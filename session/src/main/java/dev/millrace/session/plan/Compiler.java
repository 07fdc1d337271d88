package dev.millrace.session.plan;

import dev.millrace.session.kernel.PlanResources;
import java.util.List;

/** Makes plans. The passes stand here in their order. */
public final class Compiler {
  private final CompilerOptions options;

  public Compiler(CompilerOptions options) {
    this.options = options;
  }

  /** The passes that only make a plan cheaper. */
  private static List<Pass> simplifications() {
    return List.of(
        new RemoveIdentities(),
        new FoldConstants(),
        new SimplifyArithmetic(),
        new MergeEqualNodes());
  }

  /**
   * The plan of a run: its graph pruned, placed, simplified, ordered and cut into segments.
   * Segments are specialised when they first meet a shape: {@link Specializer} folds shape
   * arithmetic, lets {@link FuseElementwise} group nodes and chooses kernels, {@link MemoryPlanner}
   * gives every value its place, {@link SegmentInstance} binds kernels to memory.
   */
  public ExecutablePlan compile(Signature signature, PlanResources resources) {
    PlanGraph g = Prune.run(signature);
    if (ControlTypes.any(g) || g.nodes().stream().anyMatch(PlanNode::isStructured)) {
      return compileReference(signature, resources);
    }
    apply(g, new Place(options.cpus(), options.softPlacement(), options.logPlacement()));
    if (options.simplify()) {
      for (Pass p : simplifications()) {
        apply(g, p);
      }
    }
    apply(g, new OrderVariableAccess(false));
    apply(g, new CutSegments());
    // Between the results of fused nodes no numbers could be checked.
    boolean fuse = options.simplify() && !resources.checkNumbers();
    return new Plan(g, signature, resources, fuse);
  }

  /** The plan graph of a run as the reference mode executes it: only pruned, placed and ordered. */
  public ReferencePlan compileReference(Signature signature, PlanResources resources) {
    PlanGraph g = Prune.run(signature);
    apply(g, new Place(options.cpus(), options.softPlacement(), options.logPlacement()));
    g.sort();
    return new ReferencePlan(g, resources);
  }

  private static void apply(PlanGraph g, Pass p) {
    g.sort();
    p.run(g);
  }
}
