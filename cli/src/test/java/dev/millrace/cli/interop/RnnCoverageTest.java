package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.millrace.rnn.LSTMBlockFusedCell;
import dev.millrace.rnn.RNNCell;
import dev.millrace.rnn.Rnn;
import dev.millrace.rnn.seq2seq.AttentionMechanism;
import dev.millrace.rnn.seq2seq.Decoder;
import dev.millrace.rnn.seq2seq.DynamicDecode;
import dev.millrace.rnn.seq2seq.Helper;
import dev.millrace.rnn.seq2seq.Seq2seq;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every public cell, wrapper, unrolling and part of a decoder is compared with TensorFlow. */
class RnnCoverageTest {
  /** TensorFlow has the op of gatherTree in an extension only; a recorded case has its values. */
  private static final Set<String> ELSEWHERE = Set.of("gatherTree");

  private static Stream<Class<?>> publicClasses(Class<?> like) {
    String own = like.getPackageName();
    return new ClassFileImporter()
        .importPackages(own).stream()
            .filter(c -> c.isTopLevelClass() && c.getPackageName().equals(own))
            .<Class<?>>map(JavaClass::reflect)
            .filter(
                c -> Modifier.isPublic(c.getModifiers()) && !Modifier.isAbstract(c.getModifiers()));
  }

  private static boolean isOneOf(Class<?> c, Class<?>... kinds) {
    return Stream.of(kinds).anyMatch(k -> k.isAssignableFrom(c));
  }

  private static List<String> staticMethods(Class<?> c) {
    return Stream.of(c.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && Modifier.isStatic(m.getModifiers()))
        .map(Method::getName)
        .distinct()
        .toList();
  }

  /** The names in the class files of tests. */
  private static String names(Class<?>... tests) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Class<?> t : tests) {
      try (InputStream in = t.getResourceAsStream(t.getSimpleName() + ".class")) {
        all.append(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Test
  void everyPartIsComparedWithTensorFlow() throws Exception {
    Set<String> parts = new TreeSet<>();
    publicClasses(RNNCell.class)
        .filter(c -> isOneOf(c, RNNCell.class, LSTMBlockFusedCell.class))
        .forEach(c -> parts.add(c.getName().replace('.', '/')));
    publicClasses(Helper.class)
        .filter(
            c ->
                isOneOf(
                    c,
                    Helper.class,
                    AttentionMechanism.class,
                    Decoder.class,
                    RNNCell.class,
                    DynamicDecode.class))
        .forEach(c -> parts.add(c.getName().replace('.', '/')));
    parts.addAll(staticMethods(Rnn.class));
    parts.addAll(staticMethods(Seq2seq.class));
    parts.removeAll(ELSEWHERE);
    assertThat(parts).hasSizeGreaterThan(35).contains("dynamicRnn", "sequenceLoss");
    String compared =
        names(RnnInteropTest.class, DynamicRnnInteropTest.class, Seq2seqInteropTest.class);
    assertThat(parts).allMatch(compared::contains);
  }
}
