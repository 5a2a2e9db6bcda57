DROP TABLE awaited_texts;
