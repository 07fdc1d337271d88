package dev.millrace.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The modules' rules, checked on their classes. Maven already keeps modules from seeing those above
 * them; what it cannot see is a package in two modules, ND4J reaching a module through another, or
 * a module that leans on a library it should not know.
 */
class ArchitectureTest {
  private static final String[] GRAPH = {"dev.millrace.graph..", "dev.millrace.proto.."};
  private static final String[] AUTODIFF = {"dev.millrace.autodiff..", "dev.millrace.train.."};

  /** The packages of every module but session: none of them computes. */
  private static final String[] WITHOUT_ND4J = {
    "dev.millrace.graph..",
    "dev.millrace.proto..",
    "dev.millrace.ops..",
    "dev.millrace.autodiff..",
    "dev.millrace.train..",
    "dev.millrace.rnn.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.millrace");

  @Test
  void classesOfEveryModuleAreOnTheClassPath() {
    assertThat(CLASSES.stream().map(ArchitectureTest::moduleOf).distinct())
        .as("modules that the other rules look at")
        .contains("graph-core", "ops", "autodiff", "session", "rnn-cells", "cli");
  }

  @Test
  void dependenciesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("graph-core")
        .definedBy(GRAPH)
        .layer("ops")
        .definedBy("dev.millrace.ops..")
        .layer("autodiff")
        .definedBy(AUTODIFF)
        .layer("session")
        .definedBy("dev.millrace.session..")
        .layer("rnn-cells")
        .definedBy("dev.millrace.rnn..")
        .layer("cli")
        .definedBy("dev.millrace.cli..")
        .whereLayer("graph-core")
        .mayNotAccessAnyLayer()
        .whereLayer("ops")
        .mayOnlyAccessLayers("graph-core")
        .whereLayer("autodiff")
        .mayOnlyAccessLayers("ops", "graph-core")
        .whereLayer("session")
        .mayOnlyAccessLayers("ops", "graph-core")
        .whereLayer("rnn-cells")
        .mayOnlyAccessLayers("ops", "graph-core")
        .ensureAllClassesAreContainedInArchitecture()
        .check(CLASSES);
  }

  @Test
  void onlySessionKnowsNd4j() {
    noClasses()
        .that()
        .resideInAnyPackage(WITHOUT_ND4J)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void nativeLibrariesAreSessionsBusiness() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.millrace.session..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void graphsOpsAndGradientsNeedNoLibraryBeyondProtobufAndSlf4j() {
    classes()
        .that()
        .resideInAnyPackage(WITHOUT_ND4J)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "dev.millrace..", "com.google.protobuf..", "org.slf4j..")
        .check(CLASSES);
  }

  @Test
  void noPackageIsSplitOverModules() {
    Map<String, Set<String>> modulesByPackage = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      modulesByPackage
          .computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
          .add(moduleOf(type));
    }
    Map<String, Set<String>> split = new HashMap<>(modulesByPackage);
    split.values().removeIf(modules -> modules.size() == 1);
    assertThat(split).as("packages that more than one module has").isEmpty();
  }

  @Test
  void optimizersUseGradientsAndNotTheReverse() {
    noClasses()
        .that()
        .resideInAPackage("dev.millrace.autodiff..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.millrace.train..")
        .check(CLASSES);
  }

  /**
   * The packages below a module's main one form no cycles. The main package is left out: it is the
   * face of the module, which the packages below it may name and which itself starts them.
   */
  @Test
  void subpackagesFormNoCycles() {
    slices()
        .matching("dev.millrace.(*).(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES.that(not(resideInAnyPackage("dev.millrace.*", "dev.millrace.proto.."))));
  }

  /** The directory of a class's module, from where its class file lies. */
  private static String moduleOf(JavaClass type) {
    String location = type.getSource().orElseThrow().getUri().toString();
    String file = "/" + type.getName().replace('.', '/') + ".class";
    String root = location.substring(0, location.length() - file.length());
    if (root.endsWith("!")) {
      String jar = root.substring(root.lastIndexOf('/') + 1);
      return jar.replaceFirst("^millrace-", "").replaceFirst("-\\d.*", "");
    }
    String[] folders = root.split("/target/", -1)[0].split("/", -1);
    return folders[folders.length - 1];
  }
}
