// Die Preise stehen nur hier: ohne JavaScript bleibt die Seite leer.
document.title = "Preise - Lindner Wärmepumpen";
document.getElementById("app").innerHTML =
  "<h2>Luft-Wasser-Wärmepumpen</h2>" +
  "<p>Eine Luft-Wasser-Wärmepumpe kostet mit Einbau ab 23.900 EUR, vor der Förderung. Darin sind das Gerät, der " +
  "Speicher, die Elektroarbeiten, der hydraulische Abgleich und die Einweisung enthalten. Nicht enthalten sind neue " +
  "Heizkörper und Erdarbeiten.</p>" +
  "<h2>Wartung</h2>" +
  "<p>Die jährliche Wartung kostet 189 EUR, für Kunden mit Vertrag 149 EUR.</p>" +
  '<p><a href="angebote.html">Zu den Angeboten</a></p>';
