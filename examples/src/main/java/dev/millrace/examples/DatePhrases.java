package dev.millrace.examples;

import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Dates as people say them, with the same dates in digits: "the third of may 1997" and
 * "1997-05-03".
 *
 * @param phrase the words
 * @param digits the date as ISO 8601 writes it
 */
record DatePhrases(String phrase, String digits) {
  private static final LocalDate FIRST = LocalDate.of(1900, 1, 1);

  /** How many dates there are. */
  static final int DAYS = (int) (LocalDate.of(2050, 1, 1).toEpochDay() - FIRST.toEpochDay());

  private static final String[] ORDINALS = {
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty-first",
    "twenty-second",
    "twenty-third",
    "twenty-fourth",
    "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh",
    "twenty-eighth",
    "twenty-ninth",
    "thirtieth",
    "thirty-first"
  };

  /** So many dates from 1900 to 2049, no date twice, each in one of several ways to say it. */
  static List<DatePhrases> invented(int count, long seed) {
    if (count > DAYS) {
      throw new IllegalArgumentException("there are " + DAYS + " dates, not " + count);
    }
    Random random = new Random(seed);
    List<DatePhrases> phrases = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    while (phrases.size() < count) {
      int day = random.nextInt(DAYS);
      if (seen.add(day)) {
        LocalDate date = FIRST.plusDays(day);
        phrases.add(new DatePhrases(said(date, random.nextInt(5)), date.toString()));
      }
    }
    return phrases;
  }

  private static String said(LocalDate date, int way) {
    String month = name(date.getMonth(), TextStyle.FULL);
    String day = ORDINALS[date.getDayOfMonth() - 1];
    int year = date.getYear();
    return switch (way) {
      case 0 -> "the " + day + " of " + month + " " + year;
      case 1 -> month + " " + date.getDayOfMonth() + ", " + year;
      case 2 -> day + " " + month + " " + year;
      case 3 -> date.getDayOfMonth() + " " + name(date.getMonth(), TextStyle.SHORT) + " " + year;
      default -> date.getMonthValue() + "/" + date.getDayOfMonth() + "/" + year;
    };
  }

  private static String name(Month month, TextStyle style) {
    return month.getDisplayName(style, Locale.ENGLISH).toLowerCase(Locale.ROOT);
  }
}
