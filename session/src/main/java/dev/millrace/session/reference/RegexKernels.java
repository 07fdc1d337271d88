package dev.millrace.session.reference;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Regular expressions in the syntax of RE2. */
final class RegexKernels {
  private RegexKernels() {}

  static void register(ReferenceKernels k) {
    k.add("RegexFullMatch", c -> fullMatch(c, text(c, 1, "pattern")));
    k.add("StaticRegexFullMatch", c -> fullMatch(c, c.attrs().getString("pattern")));
    k.add("RegexReplace", c -> replace(c, text(c, 1, "pattern"), text(c, 2, "rewrite")));
    k.add(
        "StaticRegexReplace",
        c -> replace(c, c.attrs().getString("pattern"), c.attrs().getString("rewrite")));
  }

  private static String text(KernelContext c, int i, String name) {
    return Dims.requireScalar(c.input(i), name).getString(0);
  }

  private static Pattern compile(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new InvalidArgumentException(
          "'" + pattern + "' is no regular expression of RE2: " + e.getMessage(), e);
    }
  }

  private static void fullMatch(KernelContext c, String pattern) {
    Pattern p = compile(pattern);
    TensorValue x = c.input(0);
    Result r = new Result(DataType.BOOL, x.shape());
    for (int i = 0; i < x.size(); i++) {
      r.setBoolean(i, p.matcher(x.strings()[i]).matches());
    }
    c.output(0, r.value());
  }

  private static void replace(KernelContext c, String pattern, String rewrite) {
    Pattern p = compile(pattern);
    boolean all = c.attrs().getBool("replace_global");
    byte[] by = rewrite.getBytes(StandardCharsets.UTF_8);
    c.output(0, StringKernels.map(c.input(0), s -> replace(p, s, by, all)));
  }

  /** An empty match right behind another one, or inside a character, does not count. */
  private static byte[] replace(Pattern p, byte[] s, byte[] rewrite, boolean all) {
    Matcher m = p.matcher(s);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int done = 0;
    int last = -1;
    while (m.find()) {
      boolean inside = m.start() < s.length && (s[m.start()] & 0xC0) == 0x80;
      if (m.start() == m.end() && (m.start() == last || inside)) {
        continue;
      }
      out.write(s, done, m.start() - done);
      append(out, m, s, rewrite);
      done = m.end();
      last = m.end();
      if (!all) {
        break;
      }
    }
    out.write(s, done, s.length - done);
    return out.toByteArray();
  }

  /** A group that is not there, or was not met, is empty; what is no rewrite ends it. */
  private static void append(ByteArrayOutputStream out, Matcher m, byte[] s, byte[] rewrite) {
    int i = 0;
    while (i < rewrite.length) {
      if (rewrite[i] != '\\') {
        out.write(rewrite[i++]);
        continue;
      }
      int named = i + 1 == rewrite.length ? -1 : rewrite[i + 1];
      int group = named - '0';
      if (named == '\\') {
        out.write('\\');
      } else if (group < 0 || group > 9) {
        return;
      } else if (group <= m.groupCount() && m.start(group) >= 0) {
        out.write(s, m.start(group), m.end(group) - m.start(group));
      }
      i += 2;
    }
  }
}
