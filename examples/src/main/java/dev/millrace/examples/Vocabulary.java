package dev.millrace.examples;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Numbers for words (or any other symbols), the most frequent ones first. */
final class Vocabulary {
  private final List<String> words;
  private final Map<String, Integer> ids = new HashMap<>();
  private final int unknown;

  private Vocabulary(List<String> words, int unknown) {
    this.words = words;
    this.unknown = unknown;
    for (int i = 0; i < words.size(); i++) {
      ids.put(words.get(i), i);
    }
  }

  /**
   * The words of a text by falling frequency, ties in the order of the alphabet.
   *
   * @param text the words as they stand in the text
   * @param special words with a meaning of their own, which get the first numbers; the first of
   *     them stands for every word that is not in the vocabulary
   * @param size how many words at most, the special ones included
   */
  static Vocabulary of(Collection<String> text, List<String> special, int size) {
    Map<String, Integer> counts = new HashMap<>();
    for (String w : text) {
      counts.merge(w, 1, Integer::sum);
    }
    special.forEach(counts::remove);
    Stream<String> common =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey);
    return new Vocabulary(
        Stream.concat(special.stream(), common).limit(size).toList(), special.isEmpty() ? -1 : 0);
  }

  /** How many words there are. */
  int size() {
    return words.size();
  }

  /**
   * Some words, spread over the first ten times as many: frequent ones, but not only the most
   * frequent ones, which in a text are those that mean little.
   */
  List<String> some(int count) {
    int step = Math.min(10, Math.max(1, (words.size() - 1) / count));
    return IntStream.range(1, Math.min(count, (words.size() - 1) / step) + 1)
        .mapToObj(i -> words.get(i * step))
        .toList();
  }

  /**
   * The number of a word; of one that is not here, the number of the word for unknown ones.
   *
   * @throws IllegalArgumentException if there is no such word
   */
  int id(String word) {
    Integer id = ids.get(word);
    if (id == null && unknown < 0) {
      throw new IllegalArgumentException("'" + word + "' is not in the vocabulary");
    }
    return id == null ? unknown : id;
  }

  /** Whether the word itself is here. */
  boolean contains(String word) {
    return ids.containsKey(word);
  }

  /** The word of a number. */
  String word(int id) {
    return words.get(id);
  }

  /** The numbers of words. */
  int[] ids(List<String> text) {
    return text.stream().mapToInt(this::id).toArray();
  }
}
