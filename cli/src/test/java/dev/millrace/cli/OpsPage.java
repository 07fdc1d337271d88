package dev.millrace.cli;

import dev.millrace.autodiff.GradientRegistry;
import dev.millrace.cli.conformance.FixtureCase;
import dev.millrace.graph.DataType;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.OpDef.AttrDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.session.kernel.FastKernels;
import dev.millrace.session.plan.ReferenceTypes;
import dev.millrace.session.reference.ReferenceKernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text of docs/ops.md, made from the registries and the cases. */
final class OpsPage {
  private static final Path RESOURCES = Path.of("src", "test", "resources");
  private static final Path LISTS = RESOURCES.resolve("ops");

  private final Map<String, OpDef> defs = new TreeMap<>();
  private final Map<String, Integer> cases = new TreeMap<>();

  /** The op types that a TensorFlow 1 program may be expected to use. */
  private final Set<String> wanted;

  /** Why some of them are not there. */
  private final Map<String, String> reasons = new LinkedHashMap<>();

  OpsPage() throws IOException {
    OpRegistry.global().all().forEach(d -> defs.put(d.name(), d));
    for (FixtureCase c : FixtureCase.find(RESOURCES)) {
      Set<String> types = FixtureCase.opTypes(c.graph());
      types.forEach(t -> cases.merge(t, 1, Integer::sum));
    }
    try (Stream<String> lines = Files.lines(LISTS.resolve("wanted.txt"))) {
      wanted =
          lines
              .filter(l -> !l.startsWith("#"))
              .flatMap(l -> Stream.of(l.split("\\s+")))
              .filter(t -> !t.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
    }
    for (String line : Files.readAllLines(LISTS.resolve("left-out.txt"))) {
      if (!line.startsWith("#") && !line.isBlank()) {
        int colon = line.indexOf(':');
        for (String type : line.substring(0, colon).split(",")) {
          reasons.put(type.strip(), line.substring(colon + 1).strip());
        }
      }
    }
  }

  /** The wanted types that are neither there nor left out for a reason. */
  Set<String> unexplained() {
    Set<String> r = new TreeSet<>(wanted);
    r.removeAll(defs.keySet());
    r.removeAll(reasons.keySet());
    return r;
  }

  String text() {
    StringBuilder s = new StringBuilder();
    s.append("# Op types\n\n");
    s.append("Made from the registries by a test, which fails when this is stale;");
    s.append(" [building.md](building.md) says how to make it anew.\n\n");
    coverage(s);
    leftOut(s);
    s.append("## All of them\n\n");
    s.append(
        "Dtypes are those of the definition; where a kernel takes fewer, it says so when run.");
    s.append(" Kernels: *fast* besides the reference kernel for some dtypes and shapes;");
    s.append(" *by the executor* for what decides what else runs. Cases are those in which");
    s.append(" TensorFlow 1.15.0 computed the op.\n\n");
    s.append("| op | dtypes | gradient | kernels | cases |\n|---|---|---|---|---:|\n");
    for (OpDef d : defs.values()) {
      s.append("| ").append(d.name());
      s.append(" | ").append(dtypes(d));
      s.append(" | ").append(gradient(d.name()));
      s.append(" | ").append(kernels(d.name()));
      s.append(" | ").append(cases.getOrDefault(d.name(), 0)).append(" |\n");
    }
    return s.toString();
  }

  // ---- the tables

  private void coverage(StringBuilder s) {
    Map<String, Predicate<String>> rows = new LinkedHashMap<>();
    rows.put("defined", defs::containsKey);
    rows.put("with a kernel, or run by the executor itself", OpsPage::isRun);
    rows.put("with a fast kernel", FastKernels.types()::contains);
    rows.put("with a gradient", t -> GradientRegistry.global().find(t) != null);
    rows.put("marked as having none", OpsPage::isMarked);
    rows.put("with a case", cases::containsKey);
    Set<String> there = new TreeSet<>(wanted);
    there.retainAll(defs.keySet());
    s.append("| op types | all | of the ").append(wanted.size());
    s.append(" that TensorFlow 1 programs use |\n|---|---:|---:|\n");
    rows.forEach(
        (name, has) -> {
          long all = defs.keySet().stream().filter(has).count();
          long some = there.stream().filter(has).count();
          s.append("| ").append(name).append(" | ").append(all);
          s.append(" | ").append(some).append(" |\n");
        });
    s.append('\n');
  }

  private static boolean isRun(String type) {
    return ReferenceKernels.types().contains(type)
        || ReferenceKernels.controlTypes().contains(type)
        || ReferenceTypes.isLowered(type);
  }

  private static boolean isMarked(String type) {
    return GradientRegistry.global().isKnown(type) && GradientRegistry.global().find(type) == null;
  }

  private void leftOut(StringBuilder s) {
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(defs.keySet());
    s.append("## Left out\n\n");
    s.append("Nodes of these types are imported, exported and named; running one is an error.\n\n");
    s.append("| op | why |\n|---|---|\n");
    for (String type : missing) {
      s.append("| ").append(type).append(" | ").append(reasons.get(type)).append(" |\n");
    }
    s.append('\n');
  }

  // ---- the columns

  private static String dtypes(OpDef d) {
    Set<String> r = new TreeSet<>();
    List<ArgDef> args = new ArrayList<>(d.inputs());
    args.addAll(d.outputs());
    List<String> parts = new ArrayList<>();
    for (ArgDef a : args) {
      String attr = a.typeAttr() != null ? a.typeAttr() : a.typeListAttr();
      if (attr != null && r.add(attr)) {
        AttrDef def = d.attrs().get(attr);
        parts.add(attr + ": " + types(def.allowedTypes()));
      } else if (attr == null && r.add(a.type().toString())) {
        parts.add(a.type().toString());
      }
    }
    return parts.isEmpty() ? "–" : String.join("; ", parts);
  }

  private static String types(Set<DataType> types) {
    if (types == null) {
      return "any";
    }
    return types.stream().sorted().map(DataType::toString).collect(Collectors.joining(" "));
  }

  private static String gradient(String type) {
    GradientRegistry r = GradientRegistry.global();
    return r.find(type) != null ? "yes" : "none: " + r.reason(type);
  }

  private static String kernels(String type) {
    boolean reference = ReferenceKernels.types().contains(type);
    if (!reference) {
      return "by the executor";
    }
    return FastKernels.types().contains(type) ? "reference, fast" : "reference";
  }

  static Path file() {
    return Path.of("..", "docs", "ops.md");
  }

  /** Writes the page. */
  void write() throws IOException {
    Files.writeString(file(), text(), StandardCharsets.UTF_8);
  }
}
