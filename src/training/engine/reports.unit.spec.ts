import { describe, expect, it } from '@jest/globals';
import { Label } from './columns.js';
import { evaluate } from './metrics.js';
import { classificationReport, confusionCsv, importanceCsv, rankImportances } from './reports.js';

const labels = (text: string) => [...text].map((digit) => Number(digit) as Label);
const evaluation = evaluate(labels('0000001111'), labels('0000110111'));

describe('the reports', () => {
  it("lay the classification out as scikit-learn's report does", () => {
    expect(classificationReport(evaluation)).toBe(
      [
        '              precision    recall  f1-score   support',
        '',
        '           0       0.80      0.67      0.73         6',
        '           1       0.60      0.75      0.67         4',
        '',
        '    accuracy                           0.70        10',
        '   macro avg       0.70      0.71      0.70        10',
        'weighted avg       0.72      0.70      0.70        10',
        '',
      ].join('\n'),
    );
  });

  it('name the actual and the predicted classes in the confusion matrix', () => {
    expect(confusionCsv(evaluation.confusion)).toBe('actual,predicted_0,predicted_1\n0,4,2\n1,1,3\n');
  });

  it('rank the features, and quote a name that needs it', () => {
    const ranked = rankImportances(['ph', 'a "b", c', 'time'], [0.125, 0.75, 0.125]);
    expect(importanceCsv(ranked)).toBe('feature,importance\n"a ""b"", c",0.75\nph,0.125\ntime,0.125\n');
  });
});
