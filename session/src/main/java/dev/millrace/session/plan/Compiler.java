package dev.millrace.session.plan;

import dev.millrace.session.kernel.PlanResources;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes plans. The passes stand here in their order. */
public final class Compiler {
  private static final Logger LOG = LoggerFactory.getLogger(Compiler.class);

  private final CompilerOptions options;

  public Compiler(CompilerOptions options) {
    this.options = options;
  }

  /** The passes that only make a plan cheaper, but for those of branches and loops. */
  private static List<Pass> simplifications() {
    return List.of(
        new BypassControls(),
        new RemoveIdentities(),
        new FoldConstants(),
        new SimplifyArithmetic(),
        new MergeEqualNodes());
  }

  /**
   * The plan of a run: its graph pruned, placed, brought into the form of branches and loops,
   * simplified, ordered and cut into segments. Segments are specialised when they first meet a
   * shape: {@link Specializer} folds shape arithmetic, lets {@link FuseElementwise} group nodes and
   * chooses kernels, {@link MemoryPlanner} gives every value its place, {@link SegmentInstance}
   * binds kernels to memory.
   *
   * <p>A graph whose frames cannot be raised to loops is executed as in the reference mode.
   */
  public ExecutablePlan compile(Signature signature, PlanResources resources) {
    PlanGraph g = Prune.run(signature);
    apply(g, place());
    try {
      Raise.run(g);
    } catch (CannotRaise e) {
      LOG.debug("a run is executed in the reference mode: {}", e.getMessage());
      return compileReference(
          signature, resources, "its frames cannot be raised to loops: " + e.getMessage());
    }
    InlineCalls.run(g);
    apply(g, new PushKnown());
    // Between the results of fused nodes, and of what is not copied, no numbers could be checked.
    boolean fuse = options.simplify() && !resources.checkNumbers();
    if (options.simplify()) {
      simplify(g);
    }
    if (fuse) {
      apply(g, new KeepShapes());
    }
    apply(g, new OrderVariableAccess(false));
    apply(g, new CutSegments());
    return new Plan(g, signature.feeds().size(), resources, fuse);
  }

  /** Simplifies a graph and then the bodies of its nodes, which learn from it. */
  private static void simplify(PlanGraph g) {
    for (Pass p : simplifications()) {
      apply(g, p);
    }
    if (g.nodes().stream().noneMatch(PlanNode::isStructured)) {
      return;
    }
    learn(g);
    for (PlanNode n : g.nodes()) {
      n.bodies().forEach(b -> simplify(b.graph()));
    }
    learn(g); // now that bodies are simpler, they may need less, and leave more as it is
    apply(g, new HoistTransposes());
    apply(g, new SumAfterLoops());
  }

  private static void learn(PlanGraph g) {
    apply(g, new SlimBodies());
    apply(g, new PushKnown());
    apply(g, new SlimBodies());
  }

  /** The plan graph of a run as the reference mode executes it: only pruned, placed and ordered. */
  public ReferencePlan compileReference(Signature signature, PlanResources resources) {
    return compileReference(signature, resources, "the session's options say so");
  }

  private ReferencePlan compileReference(Signature signature, PlanResources resources, String why) {
    PlanGraph g = Prune.run(signature);
    apply(g, place());
    return new ReferencePlan(g, resources, why);
  }

  private Pass place() {
    return new Place(options.cpus(), options.softPlacement(), options.logPlacement());
  }

  private static void apply(PlanGraph g, Pass p) {
    g.sort();
    p.run(g);
  }
}
