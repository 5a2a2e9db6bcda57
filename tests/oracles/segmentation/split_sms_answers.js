// Answers of npm split-sms: one JSON text per line in, one measurement per line out.
"use strict";

const readline = require("readline");
const splitSms = require("split-sms");

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  const answer = splitSms.split(JSON.parse(line), { summary: true });
  const isGsm7 = answer.characterSet === splitSms.GSM;
  const measurement = {
    encoding: isGsm7 ? "GSM-7" : "UCS-2",
    units: isGsm7 ? answer.bytes : answer.bytes / 2,
    segments: answer.parts.length,
    characters: answer.length,
  };
  process.stdout.write(JSON.stringify(measurement) + "\n");
});
