package dev.midge.client;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// Times as strftime of C writes them, in English, and `%N` for the nanoseconds.
final class Strftime {

  private Strftime() {}

  /// Replaces each `%` and the letter after it.
  static String format(String format, ZonedDateTime time) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '%' && i + 1 < format.length()) {
        text.append(format(format.charAt(++i), time));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /// What one conversion stands for; one that there is not stands for itself.
  static String format(char conversion, ZonedDateTime time) {
    int sundayBased = time.getDayOfWeek().getValue() % 7;
    return switch (conversion) {
      case 'a' -> pattern("EEE", time);
      case 'A' -> pattern("EEEE", time);
      case 'b', 'h' -> pattern("MMM", time);
      case 'B' -> pattern("MMMM", time);
      case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
      case 'C' -> twoDigits(time.getYear() / 100);
      case 'd' -> twoDigits(time.getDayOfMonth());
      case 'D', 'x' -> format("%m/%d/%y", time);
      case 'e' -> blankPadded(time.getDayOfMonth());
      case 'F' -> format("%Y-%m-%d", time);
      case 'g' -> twoDigits(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'H' -> twoDigits(time.getHour());
      case 'I' -> twoDigits(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'j' -> "%03d".formatted(time.getDayOfYear());
      case 'k' -> blankPadded(time.getHour());
      case 'l' -> blankPadded(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'm' -> twoDigits(time.getMonthValue());
      case 'M' -> twoDigits(time.getMinute());
      case 'n' -> "\n";
      case 'N' -> "%09d".formatted(time.getNano());
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'P' -> time.getHour() < 12 ? "am" : "pm";
      case 'r' -> format("%I:%M:%S %p", time);
      case 'R' -> format("%H:%M", time);
      case 's' -> Long.toString(time.toEpochSecond());
      case 'S' -> twoDigits(time.getSecond());
      case 't' -> "\t";
      case 'T', 'X' -> format("%H:%M:%S", time);
      case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
      case 'U' -> twoDigits((time.getDayOfYear() + 6 - sundayBased) / 7);
      case 'V' -> twoDigits(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'w' -> Integer.toString(sundayBased);
      case 'W' -> twoDigits((time.getDayOfYear() + 6 - (sundayBased + 6) % 7) / 7);
      case 'y' -> twoDigits(time.getYear() % 100);
      case 'Y' -> Integer.toString(time.getYear());
      case 'z' -> pattern("xx", time);
      case 'Z' -> pattern("zzz", time);
      case '%' -> "%";
      default -> "%" + conversion;
    };
  }

  private static String pattern(String pattern, ZonedDateTime time) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
  }

  private static String twoDigits(int number) {
    return (number < 10 ? "0" : "") + number;
  }

  private static String blankPadded(int number) {
    return (number < 10 ? " " : "") + number;
  }
}
