"""What a sheet is about, told by its headings: topics, their fields, and how people head them in English and German.

A heading is recognised by its words (case, accents, punctuation and what stands in brackets left out), or with a slip
of a letter, which is noted. The topic with the most recognised headings among those whose own fields are there wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from groma.importers.intake.names import folded, one_apart


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of sheet: `needs` are sets of fields, one of which must be there; `named` are words of its sheet's name."""

    name: str
    needs: tuple[frozenset[str], ...]
    fields: Mapping[str, tuple[str, ...]]
    named: tuple[str, ...] = ()


def _topic(name: str, needs: str, named: str, **fields: str) -> Topic:
    wanted = tuple(frozenset(option.split("+")) for option in needs.split("|"))
    spellings = {field: tuple(folded(word) for word in text.split(",")) for field, text in fields.items()}
    return Topic(name, wanted, spellings, tuple(folded(word) for word in named.split(",")))


_NOTES = "notes,note,remarks,remark,comment,comments,notiz,notizen,bemerkung,bemerkungen,kommentar,anmerkung,anmerkungen,hinweis"
_WHO = "who,who does it,done by,person,by whom,responsible,wer,wer macht es,wer macht das,erledigt von,zuständig,verantwortlich,mitarbeiter,bearbeiter,durch"
_OFTEN = "how often,frequency,often,rate,per week,per month,times,wie oft,häufigkeit,rhythmus,turnus,takt,pro woche,pro monat,anzahl pro monat,times a month,times per month,times a week,times per week,mal pro woche,mal pro monat"
_LONG = "how long,duration,takes,time,minutes,hours,effort,time each,minutes each,time needed,time per run,wie lange,dauer,aufwand,zeit,zeitaufwand,minuten,stunden,dauer je mal,zeit je mal,zeitbedarf,dauert"
_TOOLS = "tools,tool,tools used,program,programs,software,with,app,apps,where,system,systems,programm,programme,werkzeug,werkzeuge,womit,mit,in welchem programm,anwendung,systeme"
_KNOW = "needs,needs to know,braucht,knowledge,needs knowledge,what you must know,must know,skill,skills,know-how,wissen,nötiges wissen,was man wissen muss,kenntnisse,kenntnis,können"
_OWNER = "owner,answers for it,responsible,in charge,verantwortlich,zuständig,eigentümer,ansprechpartner,betreut von,kümmert sich"
_SUPPLIER = "supplier,vendor,provider,made by,bought from,company,contract with,anbieter,hersteller,lieferant,dienstleister,firma,vertragspartner"
_PRICE = "price,cost,costs,amount,fee,monthly cost,price per month,cost per month,monthly,yearly,price per seat,cost per year,preis,kosten,betrag,gebühr,kosten pro monat,preis pro monat,monatlich,kosten monatlich,kosten pro jahr,jährlich,preis pro nutzer,kosten/monat,eur/monat,eur,€/monat,€"
_PER = "per,interval,billing,billed,period,cycle,billing period,abrechnung,zeitraum,intervall,turnus,zahlweise,abrechnungszeitraum,pro"
_SEATS = "seats,licences,licenses,users paid,number of users,paid seats,seats paid,lizenzen,anzahl lizenzen,plätze,nutzer bezahlt,anzahl nutzer,anzahl,user,lizenzanzahl"
_USED = "used by,users,who uses it,people,who works with it,genutzt von,benutzt von,nutzer,wer nutzt es,wer arbeitet damit,benutzer,verwendet von"
_RENEWS = "renews,renewal,renewal date,contract until,runs until,expires,next renewal,verlängert sich,verlängerung,laufzeit bis,vertrag bis,läuft bis,vertragsende,ablauf,verlängert am,nächste verlängerung"
_NOTICE = "notice,notice period,cancel by,kündigungsfrist,frist,kündigung,kündbar"
_EXIT = "exit,export,how to leave,data export,way out,ausstieg,datenexport,wie kommt man raus,daten mitnehmen"
_REGISTERED = "registered to,in whose name,account of,contract holder,account holder,registered in the name of,auf wen angemeldet,angemeldet auf,registriert auf,läuft auf,vertragsinhaber,inhaber,in wessen namen,kontoinhaber"
_ERROR = "when it fails,on error,if it fails,what if it fails,errors,what if it goes wrong,bei fehler,wenn es schiefgeht,was wenn es schiefgeht,fehlerfall,im fehlerfall"
_WHEN = "trigger,when,starts when,set off by,auslöser,wann,wodurch,anlass"
_DATA = "data,what,information,what is handed over,content,carries,record,records,daten,was,inhalt,information,was wird übergeben,datensatz,unterlagen"

TOPICS = (
    _topic("tools", "tool", "tools,software,programs,programme,systeme,werkzeuge,apps,it",
        tool="tool,tools,name,software,program,app,application,system,product,programm,anwendung,werkzeug,produkt,name des programms,tool name",
        does="purpose,what for,used for,function,functions,does,description,zweck,wofür,funktion,funktionen,beschreibung,aufgabe,einsatz,einsatzzweck",
        also="also called,aka,other names,on the statement as,also known as,auch genannt,auf der abrechnung als,andere namen",
        price=_PRICE, per=_PER, seats=_SEATS, used_by=_USED, supplier=_SUPPLIER, owner=_OWNER,
        holders="admin,admins,administrator,administrators,who has the password,admin access,password,who can sign in as admin,zugang,admin-zugang,wer hat das passwort,wer hat den zugang,adminzugang,passwort",
        registered_to=_REGISTERED, renews=_RENEWS, notice=_NOTICE, exit=_EXIT, kind="kind,type,art,typ",
        keeps="data,keeps,holds,data kept,what is in it,daten,was ist drin,welche daten,inhalt", effort="upkeep,effort a month,hours a month,keeping it alive,pflege,pflegeaufwand,aufwand pro monat",
        knowledge=_KNOW, date="date,as of,checked,stand,datum,geprüft", notes=_NOTES),
    _topic("people", "person", "people,team,staff,mitarbeiter,personen,leute,wer",
        person="name,person,people,who,employee,mitarbeiter,mitarbeiterin,wer,vorname,name vorname,personen,full name",
        role="role,job,position,function,does,title,rolle,aufgabe,aufgaben,stelle,funktion,tätigkeit,beruf",
        rate="rate,hourly rate,cost per hour,an hour costs,hour costs,eur/h,€/h,stundensatz,kosten pro stunde,stunde kostet,stundenkosten,cost/h,hourly cost",
        hours="hours,hours a week,hours per week,weekly hours,working hours,stunden,stunden pro woche,wochenstunden,std/woche,h/woche,h/week,arbeitszeit",
        knows="knows,knowledge,skills,what they know,kann,kennt,wissen,kenntnisse,weiß", count="count,how many,number,heads,anzahl,wie viele,köpfe",
        initials="initials,short,kürzel,abkürzung,kurz", notes=_NOTES),
    _topic("subscriptions", "tool+price", "subscriptions,abos,abonnements,kosten,ausgaben,software costs,lizenzen",
        tool="subscription,tool,software,service,product,what,abo,abonnement,dienst,programm,produkt,name,leistung,posten",
        price=_PRICE, per=_PER, seats=_SEATS, used_by=_USED, supplier=_SUPPLIER, currency="currency,währung,whg,curr",
        renews=_RENEWS, notice=_NOTICE, registered_to=_REGISTERED, owner=_OWNER, date="date,as of,since,datum,stand,seit,abgebucht am",
        paid_by="paid by,paid with,card,account,bezahlt von,karte,bezahlt mit,zahlungsweg", notes=_NOTES),
    _topic("statement", "payee+price+date", "statement,card,kreditkarte,umsätze,buchungen,kontoauszug,karte",
        payee="payee,merchant,description,text,recipient,empfänger,händler,auftraggeber/empfänger,buchungstext,verwendungszweck,beschreibung,zahlungsempfänger,umsatz,begünstigter",
        price="amount,sum,debit,charge,betrag,betrag eur,umsatz in eur,soll,betrag in eur,summe,amount eur,betrag (€)", date="date,posted,booking date,value date,buchungstag,datum,valuta,belegdatum,wertstellung,buchungsdatum",
        currency="currency,währung,whg", original="original amount,foreign amount,originalbetrag,fremdwährung,betrag fremdwährung", card="card,cardholder,karte,karteninhaber", category="category,kategorie", notes=_NOTES),
    _topic("work", "task+often|task+takes", "work,recurring work,tasks,aufgaben,arbeit,wiederkehrende arbeit,tätigkeiten,routinen",
        task="task,work,activity,what,job,what is done,process,aufgabe,tätigkeit,arbeit,was,was wird gemacht,vorgang,ablauf,prozess",
        who=_WHO, often=_OFTEN, takes=_LONG, tools=_TOOLS, knowledge=_KNOW, for_="for,for whom,needed by,who needs it,für,für wen,empfänger,wer braucht es",
        when=_WHEN, on_error=_ERROR, worth="worth,value,brings,wert,bringt,ertrag", carries="data,daten,information,unterlagen", approves="approves,approved by,signed off by,freigabe,freigabe durch,gibt frei", waits="waits,waiting time,liegt,wartezeit,wartet", date="as of,stand,asked on", notes=_NOTES),
    _topic("diary", "task+date+takes", "diary,log,tagebuch,zeiterfassung,timesheet,stundenzettel",
        task="task,work,activity,what,aufgabe,tätigkeit,was,arbeit,was gemacht",
        date="date,day,datum,tag", who=_WHO, takes=_LONG + ",dauer gesamt,time in all,minutes in all,minuten gesamt", times="count,how many,number,anzahl,wie viele,stück,mal", tools=_TOOLS, knowledge=_KNOW, notes=_NOTES),
    _topic("reports", "report+who|report+often|report+sources", "reports,recurring reports,berichte,auswertungen,figures,kennzahlen",
        report="report,figures,list,evaluation,recurring report,bericht,auswertung,liste,zahlen,kennzahl,name,berichte,report name",
        who=_WHO + ",made by,erstellt von,author", often=_OFTEN, takes=_LONG, sources="sources,from,put together from,data from,where from,tools,quellen,quelle,woher,zusammengestellt aus,daten aus,aus,programme",
        for_="for,reader,readers,for whom,who reads it,read by,recipient,recipients,für,für wen,leser,empfänger,wer liest es,wer bekommt es", knowledge=_KNOW, decides="decision,what is decided with it,used for,wofür,wozu", date="as of,stand", notes=_NOTES),
    _topic("handovers", "from_+to", "hand-overs,handovers,hand overs,übergaben,integrations,schnittstellen,interfaces,connections,datenflüsse",
        from_="from,from tool,source,out of,sender,von,aus,quelle,von programm,woher", to="to,to tool,target,into,receiver,nach,in,an,ziel,zu,wohin,zu programm",
        data=_DATA, how="how,way,protocol,method,by,wie,weg,art,übertragung,auf welchem weg,methode", who=_WHO, often=_OFTEN, takes=_LONG, when=_WHEN, on_error=_ERROR, owner="owner,eigentümer,verantwortlich,zuständig", part_of="part of,in task,belongs to,gehört zu,teil von,bei aufgabe", fields="fields,field mapping,felder,feldzuordnung", notes=_NOTES),
    _topic("knowledge", "topic+person", "who knows what,knowledge,wissen,wer weiß was,know-how,skills,kenntnisse",
        topic="topic,knowledge,skill,what,know-how,thema,wissen,was,kenntnis,gebiet,wissensgebiet", person="who,person,people,who knows it,known by,knows,wer,wer weiß es,personen,bekannt bei,wer kann es", also="also,stand-in,second,deputy,vertretung,zweite person,auch", written="written down,where written,documented,dokumentiert,aufgeschrieben,wo steht es", notes=_NOTES),
    _topic("suppliers", "supplier+renews|supplier+notice|supplier+exit|supplier+country", "suppliers,contracts,verträge,lieferanten,anbieter,dienstleister",
        supplier=_SUPPLIER + ",name,partner", tool="tool,for,what,service,product,contract,contract for,programm,wofür,leistung,vertrag,produkt", renews=_RENEWS, notice=_NOTICE, exit=_EXIT, price=_PRICE, per=_PER,
        country="country,seat,based in,where,land,sitz", registered_to=_REGISTERED, notes=_NOTES),
    _topic("data", "data+held_by|data+owner", "data,records,daten,datenbestand,datensätze,stammdaten",
        data="data,records,record,kind of data,what,name,daten,datenart,datensatz,was,bezeichnung,datenbestand", held_by="kept in,held by,where,tools,stored in,lies in,systems,gespeichert in,liegt in,wo,programme,system,ablage,wo liegt es", leading="leading,master,system of record,where it is right,führend,führendes system,was gilt,stamm",
        owner=_OWNER, fields="fields,attributes,what is in it,felder,attribute,angaben", personal="personal,personal data,confidential,class,secret,personenbezogen,vertraulich,schutzklasse,klasse,dsgvo,gdpr", size="size,how much,größe,umfang,menge", backup="backup,backed up,copy every,sicherung,backup wie oft,gesichert", backup_to="backup to,copied to,sicherung nach,backup wohin", tested="restore tested,last restore,rücksicherung getestet,wiederherstellung getestet,zuletzt getestet", notes=_NOTES),
    _topic("decisions", "decision+owner|decision+since|decision+options", "decisions,open questions,entscheidungen,offene fragen,offene punkte",
        decision="decision,question,open question,open point,topic,entscheidung,frage,offene frage,offener punkt,thema,was", options="options,choices,alternatives,optionen,möglichkeiten,varianten,alternativen", since="since,open since,offen seit,seit", owner="owner,who decides,decided by,wer entscheidet,entscheider,zuständig", due="due,until,by,deadline,bis,fällig,bis wann", waits="waits,waiting for it,what waits,blocks,wartet,was wartet,blockiert", why="why,why not yet,reason,warum,grund", notes=_NOTES),
    _topic("volumes", "volume+amount", "volumes,numbers,mengen,zahlen,mengengerüst",
        volume="volume,figure,what,number of,kind,menge,was,kennzahl,vorgang", amount="a month,per month,monthly,how many,how many a month,number per month,amount per month,value,pro monat,im monat,wie viele,anzahl pro monat,wert,menge pro monat", source="source,from,quelle,woher", date="as of,date,stand,datum", notes=_NOTES),
)  # fmt: skip
BY_NAME = {topic.name: topic for topic in TOPICS}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A topic with the column of each field; `slips` are headings that were read with a letter changed; the heading's own
    words stay, since they say units (`Dauer (min)`)."""

    topic: Topic
    columns: Mapping[str, int]
    slips: tuple[tuple[str, str], ...]
    score: float


def recognise(cells: tuple[str, ...], sheet: str = "") -> Recognised | None:
    """The topic whose headings these are, None when no topic's own fields are among them."""
    best: Recognised | None = None
    for topic in TOPICS:
        columns, slips = _columns(topic, cells)
        if not any(need <= columns.keys() for need in topic.needs):
            continue
        about = folded(re.sub(r"\.\w+$", "", sheet))
        named = any(word and word in about for word in topic.named)
        weakest = max(len(need) for need in topic.needs if need <= columns.keys())
        if len(columns) < 2 and not named:
            continue
        score = len(columns) - 0.4 * len(slips) + (3.5 if named else 0) + 0.1 * weakest
        if best is None or score > best.score:
            best = Recognised(topic, columns, slips, score)
    return best


def _columns(topic: Topic, cells: tuple[str, ...]) -> tuple[dict[str, int], tuple[tuple[str, str], ...]]:
    """Fields by column: exact headings first, in the order of the topic's fields, then near misspellings."""
    columns: dict[str, int] = {}
    slips: list[tuple[str, str]] = []
    keys = [heading_key(cell) for cell in cells]
    for exact in (True, False):
        if not exact and not columns:
            break  # a row without one heading that is right is no row of headings
        for field, spellings in topic.fields.items():
            if field in columns:
                continue
            for number, key in enumerate(keys):
                if not key or number in columns.values():
                    continue
                found = key in spellings if exact else _near(key, spellings)
                if found:
                    columns[field] = number
                    if not exact:
                        slips.append((cells[number], field))
                    break
    return columns, tuple(slips)


def heading_key(text: str) -> str:
    """A heading without what stands in brackets and without question marks."""
    bare = re.sub(r"[(\[].*?[)\]]|[?*:]", " ", text)
    return folded(bare if bare.strip() else text) if len(text) <= 80 else ""


def _near(key: str, spellings: tuple[str, ...]) -> bool:
    return len(key) >= 5 and any(len(word) >= 5 and one_apart(key, word) for word in spellings)
